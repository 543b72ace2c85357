"""Workers: they live on from task to task, one that dies is replaced, and nothing waits for ever."""

import os
import signal
from pathlib import Path

import pytest

from sim.errors import MachineError, UsageError
from sim.study.pool import work_through


def work(task, note):
    """Task (name, folder): `dies` kills its process each time, `once` the first time only; every other one says where it ran."""
    name, folder = task
    note(name.upper())
    if name == "dies" or name == "once" and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "fails":
        raise ValueError("made up")
    if name == "refuses":
        raise UsageError("no.", where="here", hint="Yes.")
    (folder / f"{name}-{os.getpid()}").touch()
    return os.getpid()


def never(task, note):
    raise AssertionError


def no_beginning():
    os._exit(3)


def through(tmp_path, names, jobs=2):
    found = list(work_through([(name, tmp_path) for name in names], jobs, work))
    return {event.task[0]: event for event in found if event.kind in ("done", "failed")}, found


def test_every_task_is_done_once_by_as_many_workers_as_asked(tmp_path):
    names = [f"task{k}" for k in range(12)]
    ends, events = through(tmp_path, names)
    assert sorted(ends) == sorted(names) and all(event.kind == "done" for event in ends.values())
    assert len(list(tmp_path.iterdir())) == 12 and 1 <= len({event.content for event in ends.values()}) <= 2
    assert [event.content for event in events if event.kind == "note" and event.task[0] == "task3"] == ["TASK3"]


def test_a_dead_worker_is_replaced_and_its_task_tried_once_more(tmp_path):
    ends, events = through(tmp_path, ["once", "a", "b", "c"])
    assert all(event.kind == "done" for event in ends.values()) and len(ends) == 4
    assert [(event.task[0], event.content) for event in events if event.kind == "again"] == [("once", "SIGKILL")]


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_task_that_kills_twice_fails_alone(tmp_path, jobs):
    ends, events = through(tmp_path, ["a", "dies", "b", "c"], jobs)
    assert {name: event.kind for name, event in ends.items()} == {"a": "done", "dies": "failed", "b": "done", "c": "done"}
    assert "SIGKILL" in ends["dies"].content.reason and [event.task[0] for event in events if event.kind == "again"] == ["dies"]


def test_an_error_fails_its_task_and_keeps_the_worker(tmp_path):
    ends, _ = through(tmp_path, ["fails", "refuses", "a"], jobs=1)
    assert ends["fails"].content.reason == "ValueError: made up" and "in work" in ends["fails"].content.traceback
    assert isinstance(ends["refuses"].content.error, UsageError) and ends["refuses"].content.reason == "here: no. Yes."
    assert ends["a"].kind == "done"


def test_workers_that_cannot_begin_are_given_up(tmp_path):
    with pytest.raises(MachineError) as error:
        list(work_through(["a"], 2, never, no_beginning))
    assert error.value.kind == "process"


def test_closing_ends_the_workers_at_once(tmp_path):
    events = work_through([(f"task{k}", tmp_path) for k in range(50)], 2, work)
    while next(events).kind != "done":
        pass
    events.close()
    processes = {int(path.name.split("-")[1]) for path in tmp_path.iterdir()}
    assert processes and not any(Path(f"/proc/{process}").exists() for process in processes) and len(list(tmp_path.iterdir())) < 50
