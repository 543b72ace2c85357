"""Sampling errors of a run on a sample of spans, and of the difference of two runs on the same spans.

Spans are the units drawn, (district, sector) the strata. For an indicator that is a ratio of sums, Y / X, the residual of span s is
    e_s = w_s (y_s - R x_s) / X
and for a sum e_s = w_s y_s. For two runs z_s = e_s(run) - e_s(reference), so what both share cancels:
    se^2 = sum over strata of n/(n-1) (1 - n/N) sum over s of (z_s - mean z)^2
Quantities are means over the seeds first: the sample is the same for every seed. Not here: the range over seeds (`comparison.py`).
"""
import numpy as np

from sim.indicators import SAMPLE_QUANTITIES

PER_HEAD = ("disposable_income", "wage_income", "operating_income", "property_income", "transfer_income", "consumption")
# indicator -> (numerator, denominator or None, factor); sector is read from the names of the quantities
SUMS = ("homesteads_withdrawn", "qualification_retained", "contract_rights_exited_mu", "shares_exited", "combined_exits", "homestead_reclaimed_ha",
        "loans_new", "loans_outstanding_yuan", "settled_migrants", "grain_output_t", "fiscal_cost_yuan", "village_projects_funded", "village_projects_dropped")
FLOWS_SUMMED = tuple(name for name in SUMS if name not in ("loans_outstanding_yuan", "settled_migrants"))
NEEDED = ("sample_values", "span_weight", "span_uid", "span_stratum")
INDEX = {name: i for i, name in enumerate(SAMPLE_QUANTITIES)}


def standard_errors(reference, run):
    """{(indicator, year, sector): standard error of run - reference} for the zone, or None where a run is not a sample or kept no spans."""
    pair = [_kept(reference), _kept(run)]
    if None in pair or pair[0]["values"].shape != pair[1]["values"].shape or not np.array_equal(pair[0]["uid"], pair[1]["uid"]):
        return None
    first = reference.years[0]
    keys, apart = [], []
    for t in range(pair[0]["values"].shape[0]):
        a, b = (_residuals(kept, t) for kept in pair)
        keys += [(indicator, first + t, sector) for indicator, sector in b]
        apart += [b[key] - a[key] for key in b]
    return dict(zip(keys, _errors(np.stack(apart), pair[0]).tolist()))


def errors_of_sums(reference, run, names, year, places):
    """{name: standard error of run - reference} of flows summed since the start over some districts (indices), 0 where a run is not a sample.

    Districts are strata of the sample, so the error of their sum is that of their own spans.
    """
    pair = [_kept(reference), _kept(run)]
    if None in pair or pair[0]["values"].shape != pair[1]["values"].shape or not np.array_equal(pair[0]["uid"], pair[1]["uid"]):
        return dict.fromkeys(names, 0.0)
    last = year - reference.years[0] + 1
    columns = [INDEX[name] for name in names]
    a, b = (kept["values"][:last][:, :, columns].sum(0) for kept in pair)
    there = np.isin(pair[0]["stratum"] // 2, places)
    return dict(zip(names, _errors(((b - a) * (pair[0]["weight"] * there)[:, None]).T, pair[0])))


def knows_its_error(run):
    """Has the run kept what sampling errors are told from?"""
    return "sample_values" in run.paths(names=NEEDED)


def _kept(run):
    """Mean over seeds of the spans' quantities (Y, S, K), with weights and strata; None for a whole zone."""
    paths = [run.paths(seed, NEEDED) for seed in run.seeds]
    if any("sample_values" not in p for p in paths):
        return None
    return {"values": np.mean([p["sample_values"] for p in paths], axis=0), "weight": paths[0]["span_weight"], "uid": paths[0]["span_uid"],
            "stratum": paths[0]["span_stratum"]}


def _residuals(kept, t):
    """{(indicator, sector): residual of each span (S,)} in year t."""
    now, so_far, w = kept["values"][t], kept["values"][: t + 1].sum(0), kept["weight"]
    out = {}

    def total(name):
        return w * now[:, INDEX[name]]

    def ratio(top, bottom):
        return (top - bottom * (top.sum() / bottom.sum())) / bottom.sum()
    mean = {}
    for name in PER_HEAD:
        for sector in ("rural", "urban"):
            top, bottom = total(f"{name}_{sector}"), total(f"persons_{sector}")
            out[(name, sector)] = ratio(top, bottom)
            mean[name, sector] = top.sum() / bottom.sum()
    for id, name in (("income_gap_ratio", "disposable_income"), ("consumption_gap_ratio", "consumption")):
        gap = mean[name, "urban"] / mean[name, "rural"]
        out[(id, "all")] = gap * (out[(name, "urban")] / mean[name, "urban"] - out[(name, "rural")] / mean[name, "rural"])
    for id in ("income_gap_ratio_fixed_membership", "income_gap_ratio_registered"):      # not kept by span: taken as that of the NBS ratio
        out[(id, "all")] = out[("income_gap_ratio", "all")]
    people = total("persons_rural") + total("persons_urban")
    out[("urbanisation_rate", "all")] = 100 * ratio(total("persons_urban"), people)
    out[("land_transfer_share", "all")] = 100 * ratio(total("rented_area"), total("contract_area"))
    for name in SUMS:
        out[(name, "all")] = total(name)
    for name in FLOWS_SUMMED:
        out[(name + "_since_start", "all")] = w * so_far[:, INDEX[name]]
    return out


def _errors(z, kept):
    """Standard errors (K,) of the sums of z (K, S) over a stratified sample of spans."""
    variance = np.zeros(len(z))
    for stratum in np.unique(kept["stratum"]):
        rows = kept["stratum"] == stratum
        n = rows.sum()
        if n > 1:
            drawn = min(n / max(kept["weight"][rows].sum(), n), 1.0)
            variance += n / (n - 1) * (1 - drawn) * ((z[:, rows] - z[:, rows].mean(1, keepdims=True)) ** 2).sum(1)
    return np.sqrt(variance)
