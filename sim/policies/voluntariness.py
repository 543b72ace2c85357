"""依法自愿有偿: time to think again, and knowledge of what is given up.

No lever switches the participation constraint off: nobody exits against the own reckoning, under any scenario.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="voluntariness",
    zh="依法自愿有偿原则", en="Voluntary and with full knowledge",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(
        Clause("三(一)1", "按照依法自愿有偿原则"),
        Clause("二(二)", "充分尊重农民意愿，切实保护农民权益"),
    ),
    watch=Watch("contract_rights_exited_mu", -1),  # fewer sell by mistake; regret itself comes mostly from dividends that grew
    parameters=(
        Parameter(name="cooling_off_years", unit="years", base=1.0, plan=1.0, low=0.0, high=3.0, whole=True, kind="terms", grade="D",
                  source="assumed; the plan asks for voluntariness and names no period",
                  zh="签约至执行的冷静期", en="years between signing and exit", rule="cooling_years"),
        Parameter(name="forecast_error_percent", unit="percent", base=30.0, plan=15.0, low=0.0, high=60.0, kind="terms", grade="D",
                  source="assumed; standard deviation of the log error of a household's own forecast",
                  zh="农户对所退权益价值的预期误差", en="error of a household's own forecast of what it gives up",
                  rule="forecast_error", scale=0.01),
    ),
)
