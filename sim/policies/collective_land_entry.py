"""集体经营性建设用地入市: which land of a village may enter the market, where, in what form, how soon and in how small a parcel.

Whether a village offers a parcel is its own decision (worth, two thirds of the votes, money); at what price is the market's and the bargain's.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

PLAN = "吉政办函〔2020〕118号 三(一)2"

LEVER = Lever(
    id="collective_land_entry",
    zh="集体经营性建设用地入市", en="Collective construction land enters the market",
    group=("土地要素", "Land"),
    clauses=(
        Clause("三(一)2", "复制长春市九台区集体经营性建设用地入市经验"),
        Clause("三(一)2", "制定农村集体经营性建设用地入市操作办法，规范入市程序规则"),
        Clause("三(一)2", "允许就地入市或异地调整入市"),
        Clause("三(一)2", "通过出让、作价出资(入股)、租赁等形式入市"),
        Clause("三(一)2", "探索规划空白村屯集体经营性建设用地入市“负面清单”制度"),
        Clause("三(一)2", "支持实行“点状供地”和“混合用地”"),
        Clause("三(一)2", "依法收回农民自愿退出的闲置宅基地、废弃的集体公益性建设用地使用权，按照国土空间规划确定的经营性用途入市"),
        Clause("五(一)", "农村集体建设用地可通过入股、租用等方式直接用于发展乡村产业"),
    ),
    watch=Watch("parcels_entered", +1),
    parameters=(
        Parameter(name="open", unit="switch", base={"default": False, "jiutai": True}, plan=True, kind="terms", grade="A",
                  source="吉政办函〔2020〕118号 一(三)2: Jiutai has been a pilot since 2015", zh="允许入市", en="land may enter the market",
                  rule="land_entry_open"),
        Parameter(name="procedure_months", unit="months", base=12.0, plan=6.0, low=2.0, high=24.0, kind="terms", grade="D",
                  source="assumed; the plan asks for rules of procedure", zh="入市办理时间", en="time that an entry takes", rule="entry_months",
                  needs="land_entry_open"),
        Parameter(name="relocation", unit="switch", base=False, plan=True, kind="terms", grade="A", source=PLAN, zh="允许异地调整入市",
                  en="land reclaimed in the village may enter in a park", rule="relocation_allowed", needs="land_entry_open"),
        Parameter(name="relocation_cost_yuan_per_m2", unit="yuan/m2", base=45.0, plan=45.0, low=20.0, high=100.0, kind="terms", grade="D",
                  source="assumed: 450,000 yuan/ha of clearing and reclamation", zh="异地调整成本", en="cost of relocating an entry",
                  rule="relocation_cost"),
        Parameter(name="equity", unit="switch", base=False, plan=True, kind="terms", grade="A", source=PLAN, zh="允许作价出资（入股）",
                  en="land may enter as a share in a firm", rule="equity_allowed", needs="land_entry_open"),
        Parameter(name="equity_floor_percent", unit="percent", base=60.0, plan=60.0, low=0.0, high=100.0, kind="terms", grade="D",
                  source="assumed; percent of the rent of a lease", zh="入股保底收益（占租金）", en="least payment on equity, of a lease's rent",
                  rule="equity_floor", scale=0.01),
        Parameter(name="lease_years", unit="years", base=40.0, plan=40.0, low=20.0, high=50.0, whole=True, kind="terms", grade="B",
                  source="statutory term of commercial land (recalled)", zh="租赁年限", en="term of leases", rule="lease_years"),
        Parameter(name="negative_list_percent", unit="percent", base=30.0, plan=30.0, low=0.0, high=80.0, kind="terms", grade="D",
                  source="assumed; villages in which planning bars entry", zh="负面清单村占比", en="villages barred by the negative list",
                  rule="negative_list", scale=0.01),
        Parameter(name="least_parcel_ha", unit="ha", base=0.67, plan=0.07, low=0.05, high=2.0, kind="terms", grade="D",
                  source="assumed: 10 mu, 1 mu with point-like supply", zh="最小地块面积", en="smallest parcel", rule="least_parcel",
                  scale=10_000.0),
        Parameter(name="mixed_use_premium_percent", unit="percent", base=0.0, plan=5.0, low=0.0, high=20.0, kind="terms", grade="D",
                  source="assumed; log points that mixed use adds to firms' willingness to pay", zh="混合用地溢价", en="premium of mixed use",
                  rule="mixed_use_premium", scale=0.01),
        Parameter(name="recoverable_percent", unit="percent", base=20.0, plan=50.0, low=0.0, high=100.0, kind="reach", grade="D",
                  source="assumed; of returned plots and abandoned public land", zh="可收回入市的闲置用地占比",
                  en="returned and abandoned land that may be recovered", rule="recover_share", scale=0.01),
        Parameter(name="own_use_percent", unit="percent", base=2.0, plan=5.0, low=0.0, high=20.0, kind="reach", grade="D",
                  source="assumed; of the available land, a year", zh="自用发展乡村产业（占可用存量）", en="available land put to own use, per year",
                  rule="own_use_share", scale=0.01),
    ),
)
