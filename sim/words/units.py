"""Units in words: {unit.NAME: (Chinese, English)}. A unit without a line stands as it is declared, in both languages; it must then be a symbol."""

WORDS = {
    "unit.percent": ("%", "percent"), "unit.switch": ("是/否", "yes / no"), "unit.ratio": ("比值", "ratio"), "unit.multiple": ("倍", "multiple"),
    "unit.share": ("比例", "share"), "unit.share/year": ("比例/年", "share/year"), "unit.log": ("对数", "log"), "unit.log/year": ("对数/年", "log/year"),
    "unit.log/year2": ("对数/年²", "log/year2"), "unit.log per log": ("对数/对数", "log per log"), "unit.log income": ("对数收入", "log income"),
    "unit.logit": ("对数几率", "logit"), "unit.utility": ("效用", "utility"), "unit.elasticity": ("弹性", "elasticity"),
    "unit.yuan": ("元", "yuan"), "unit.yuan/year": ("元/年", "yuan/year"), "unit.yuan/head": ("元/人", "yuan/head"), "unit.yuan/kg": ("元/公斤", "yuan/kg"),
    "unit.yuan/m2": ("元/平方米", "yuan/m2"), "unit.yuan/m2/year": ("元/平方米·年", "yuan/m2/year"), "unit.yuan/mu": ("元/亩", "yuan/mu"),
    "unit.yuan/mu/year": ("元/亩·年", "yuan/mu/year"), "unit.yuan/person/year": ("元/人·年", "yuan/person/year"),
    "unit.yuan/share": ("元/股", "yuan/share"), "unit.yuan/share/year": ("元/股·年", "yuan/share/year"),
    "unit.m2": ("平方米", "m2"), "unit.ha": ("公顷", "ha"), "unit.mu": ("亩", "mu"), "unit.km": ("公里", "km"),
    "unit.years": ("年", "years"), "unit.months": ("个月", "months"), "unit.days": ("天", "days"), "unit.minutes": ("分钟", "minutes"),
    "unit.years of income": ("年收入的倍数", "years of income"), "unit.years of value added": ("年增加值的倍数", "years of value added"), "unit.days/mu": ("天/亩", "days/mu"), "unit.days/year": ("天/年", "days/year"), "unit.1/year": ("每年", "1/year"),
    "unit.households": ("户", "households"), "unit.houses": ("处", "houses"), "unit.workers": ("人", "workers"), "unit.bidders": ("家", "bidders"),
    "unit.children/woman": ("个孩子/妇女", "children/woman"), "unit.per head/year": ("每人每年", "per head/year"), "unit.houses per 1,000": ("处/千户", "houses per 1,000"),
    "unit.share of capital": ("占资本", "share of capital"), "unit.share of rent": ("占租金", "share of rent"), "unit.share of price": ("占价格", "share of price"),
    "unit.share of time value": ("占时间价值", "share of time value"),
    "unit.share of firms": ("占企业数", "share of firms"), "unit.share of mean": ("占均值", "share of mean"), "unit.share of value added": ("占增加值", "share of value added"),
    "unit.share of noise": ("占噪声", "share of noise"), "unit.share of assets": ("占资产", "share of assets"), "unit.share of income": ("占收入", "share of income"),
    "unit.plot": ("宗", "plot"), "unit.person": ("人", "person"), "unit.loan": ("笔", "loan"),
}
