"""ronghe (融合): an agent-based simulation of urban-rural factor flows in the Chang-Ji Joint Area pilot zone.

    run(source, households=..., seeds=..., years=...)   compute what is missing of a scenario and open its run
    compare(base, plan, at=[2025, 2035])                a tidy DataFrame with paired differences and bands
    Model                                               the Mesa model
    shipped()                                           the folder of the scenarios and studies that come with the package
    register(thing)                                     a lever or a behaviour rule of one's own
`import sim` loads nothing else: each name brings its module when it is first used.
"""

from importlib import import_module

_HOMES = {"run": "sim.study.ensemble", "compare": "sim.study.comparison", "Model": "sim.model", "shipped": "sim.shipped_files"}
__all__ = ["Model", "compare", "register", "run", "shipped", "__version__"]


def __getattr__(name):
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    elif name == "__version__":
        value = _version()
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}. Public names: {', '.join(__all__)}.")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})


def _version():
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ronghe")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0+unknown"


def register(thing, replace=False):
    """Add a lever or a behaviour rule of one's own for this process and return it.

    thing: a `sim.policies.base.Lever` that writes rules nobody owns yet, or a `sim.behaviour_rules.BehaviourRule`. From then on scenarios, the
    command line of this process and the Model know it by its id; processes that `sim.run` starts too. A package offers them to every process by
    entry points of the groups `ronghe.levers` and `ronghe.behaviour`. replace: in the place of one registered before under its id.
    Raises DeclarationError for anything else, and where an id, a rule or a parameter is taken.
    """
    from sim.extensions import register as admit

    return admit(thing, replace)
