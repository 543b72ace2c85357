"""Words of the section on delivery rates and of the command that runs it: {key: (Chinese, English)}."""

WORDS = {
    "delivery.head": ("如果落地慢一些", "If orders arrive slowly"),
    "delivery.sentence": ("若每年只落地{slow}%，到{year}年累计宅基地退出与{reference}之差为 {at_slow} 宗；落地{fast}%时为 {at_fast} 宗", "At {slow} % a year, homesteads withdrawn by {year} differ from {reference} by {at_slow}; at {fast} % by {at_fast}"),
    "delivery.not": ("即使每年只落地{slow}%，到{year}年累计宅基地退出与{reference}之差（{at_slow} 宗）也与落地{fast}%时（{at_fast} 宗）{unsure}", "Even at {slow} % a year, the difference in homesteads withdrawn to {reference} by {year} ({at_slow}) is {unsure} from that at {fast} % ({at_fast})"),
    "delivery.plain": ("{scenario}在几种落地速度下的结果", "{scenario} at several delivery rates"),
    "delivery.same": ("{scenario}下达的都是价格、比例和开关，一经下达即生效，没有要逐步铺开的覆盖面：落地快慢不改变结果。", "{scenario} orders prices, shares and switches only. These hold as soon as they are ordered, no coverage has to be built up, so the rate of delivery changes nothing."),
    "delivery.meaning": ("每年落地{rate}%，是指尚未到位的覆盖面每年补上{rate}%：{first_year}年到位 {first}%，{last_year}年到位 {last}%。价格、比例和开关一经下达即生效。速度是假定的，没有本地依据。", "{rate} % a year: each year closes {rate} % of what is still missing of the coverage ordered, so that {first} % stands in {first_year} and {last} % in {last_year}. Prices, shares and switches hold at once. The rates are assumed, without local evidence."),
    "delivery.ratio.none": ("到{year}年，各种速度下的收入比都与{reference}{unsure}。", "In {year} the income ratio is {unsure} from {reference} at any rate."),
    "delivery.ratio.apart": ("到{year}年，收入比与{reference}之差：{values}；最慢与最快可以分辨。", "In {year} the income ratio differs from {reference} by: {values}; the slowest and the fastest can be told apart."),
    "delivery.ratio.alike": ("到{year}年，收入比与{reference}之差：{values}；最慢与最快{unsure}。", "In {year} the income ratio differs from {reference} by: {values}; the slowest and the fastest are {unsure}."),
    "delivery.sample.apart": ("抽样：本节各种速度与{reference}都取自同一个 {households} 户的样本、同样的 {seeds} 个随机种子，可以互相比较；上文是全区逐户推演，两处数字略有不同。", "Sample: all rates and {reference} in this section share one sample of {households} households and the same {seeds} seeds and compare with one another; the figures above are of the whole zone and differ a little."),
    "delivery.sample.same": ("抽样：各种速度与{reference}都取自上文的同一个 {households} 户的样本、同样的 {seeds} 个随机种子，可以互相比较。", "Sample: all rates and {reference} share the sample of {households} households and the {seeds} seeds used above and compare with one another."),
    "delivery.sample.toy": ("演示用小样本（{households} 户，{seeds} 个随机种子）：{reference}和各种速度的数字都不代表片区。", "A toy sample ({households} households, {seeds} seeds): the figures of {reference} and of all rates do not speak for the zone."),
    "delivery.chart": ("几种落地速度下的退出与支出", "Exits and cost at several delivery rates"),
    "delivery.caption": ("{year}年，与{reference}之差", "{year}, difference to {reference}"),
    "delivery.rate": ("每年落地（%）", "Delivered a year (%)"),
    "delivery.column": ("每年{rate}%", "at {rate} %"),
    "delivery.column.slow": ("{slow}%比{fast}%", "{slow} % less {fast} %"),
    "delivery.running": ("落地速度：用 {households} 户的样本、{seeds} 个种子推演每年 {rates}% 的情形，要算 {missing} 个单元（--no-delivery 可略去）", "delivery rates: {rates} % a year on a sample of {households} households with {seeds} seeds, {missing} cells to compute (--no-delivery leaves this out)"),
    "delivery.other_version": ("落地速度：{run} 不能用现在的程序重算（模型、证据或政策工具已改），简报不含这一节；重算该情景后再写简报即可。", "delivery rates: {run} cannot be computed again by this program (model, evidence or levers have changed), so the brief leaves this section out; compute the scenario again to have it."),
    "cli.report.delivery": ("另用样本推演每年落地 30%、60% 的情形。", "Simulate delivery at 30 and 60 % a year on a sample too."),
}
