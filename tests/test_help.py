"""The help of every command: in one language throughout, without keys of the catalogue or signs of the option parser."""

import re

import pytest

from sim import cli
from sim.cli import main

LEFT_OVER = re.compile(r"\bcli\.|<\w+|\[\[|\{")


def paths(command=None, path=()):
    """The words of every command and group."""
    command = command or cli.build()
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*path, name))


@pytest.mark.parametrize("code, head, other", [("zh", "用法：", "Usage:"), ("en", "Usage:", "用法")])
def test_every_help_is_whole_in_its_language(capsys, code, head, other):
    for path in paths():
        assert main([*path, "--help", "--lang", code]) == 0
        out = capsys.readouterr().out
        assert head in out and other not in out and "--help" in out, path
        assert not LEFT_OVER.search(out), (path, LEFT_OVER.search(out))
        chinese = re.search("[\u4e00-\u9fff]", out.replace("九台区", ""))
        assert bool(chinese) == (code == "zh"), path
