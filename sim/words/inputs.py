"""Sentences about scenarios, levers and the command line, in Chinese and English. Not here: what comes out of a run (`outputs`, `report`)."""

WORDS: dict[str, tuple[str, str]] = {
    "name.zone": ("全试验区", "whole zone"),
}
