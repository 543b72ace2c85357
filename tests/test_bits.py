"""One digest, whatever computes it. Threads and the order of spans here; other processors, plain Python, other libraries and another Python in
`make test-deep` (a small zone) and `make bench` (`benchmarks/bits.py`, 60,000 households)."""

import pytest

from benchmarks import bits

SMALL = 2_000


@pytest.fixture(scope="module")
def references():
    """{households: digest} of the reference, each computed once."""
    found = {}

    def digest(households):
        if households not in found:
            found[households] = bits.digest_of(bits.REFERENCE, households)
        return found[households]

    return digest


def variants(heavy):
    return [variant for variant in bits.VARIANTS if variant.own_cache == heavy and not variant.small]


@pytest.mark.parametrize("variant", variants(heavy=False), ids=lambda variant: variant.name)
def test_the_same_bits_by_threads_order_and_libraries(references, variant):
    if "NPY_DISABLE_CPU_FEATURES" in variant.environment and "avx512f" in bits.processor_flags():
        pytest.skip("numpy's functions for AVX-512 are its own (docs/performance.md); `python -m benchmarks.bits` shows whether they round otherwise")
    assert bits.digest_of(variant, SMALL) == references(SMALL)


@pytest.mark.deep
@pytest.mark.parametrize("variant", variants(heavy=True), ids=lambda variant: variant.name)
def test_the_same_bits_compiled_otherwise(references, variant):
    if reason := bits.why_not(variant):
        pytest.skip(reason)
    assert bits.digest_of(variant, SMALL) == references(SMALL)


@pytest.mark.parametrize("households", [301, pytest.param(bits.SMALL, marks=pytest.mark.deep)])
def test_the_same_bits_without_the_compiler(references, households):
    (plain,) = [variant for variant in bits.VARIANTS if variant.small]
    assert bits.digest_of(plain, households) == references(households)


@pytest.mark.deep
def test_the_same_bits_without_the_promise_of_separate_arrays(references):
    without = bits.Variant("no promise", {"RONGHE_NO_NOALIAS": "1"}, own_cache=True)
    assert bits.digest_of(without, bits.SMALL) == references(bits.SMALL)


def test_what_cannot_run_here_says_why_and_is_neither_same_nor_different(monkeypatch):
    monkeypatch.setattr(bits, "processor_flags", lambda: set())
    monkeypatch.setenv("RONGHE_OTHER_PYTHON", "/nowhere/python")
    monkeypatch.setattr(bits, "interpreter", lambda variant: None if variant.python else "python")
    monkeypatch.setattr(bits, "digest_of", lambda variant, households: "a" if variant.name != "2 threads" else "b")
    lines = bits.measure(SMALL, quick=False)
    verdicts = {line.name: bits.verdict(line) for line in lines}
    assert verdicts["2 threads"] == "DIFFERENT" and verdicts["plain Python"] == "same" and verdicts[bits.REFERENCE.name] == "reference"
    assert all(verdicts[name].startswith("skipped: ") for name in ("compiled for AVX2", "compiled for any x86-64"))
    assert len(list(bits.table(lines))) == len(lines) + 2
