"""Set-up shared by all tests: how many examples a property is tried with (25), and tests that are too slow for every day.

`make test-deep` sets HYPOTHESIS_PROFILE=deep: 500 examples, and tests marked `deep` run too.
"""
import os

import pytest
from hypothesis import settings

settings.register_profile("ci", max_examples=25, deadline=None)
settings.register_profile("deep", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked deep, unless it is asked for."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "deep" or config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="only in make test-deep"))
