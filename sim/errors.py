"""What can go wrong, one exception class per audience, each with its fields and the exit code of the command line.

A message reads `where: what is wrong. What would be right.`
Not here: the words themselves (`sim/words`), how they are printed (`sim/cli`).
"""

from typing import NamedTuple

from sim.words import again

OK = 0
BUG = 1
USAGE = 2
INVALID = 3
IDENTITY = 4
PARTIAL = 5
INSTALL = 6
MACHINE = 7
INTERRUPTED = 130


def told(message: str, hint: str) -> str:
    """What is wrong and what would be right, one after the other; no gap stands after a Chinese sign."""
    return f"{message}{hint}" if not hint or message.endswith(("。", "？", "：")) else f"{message} {hint}"


class RongheError(Exception):
    """Something the user can act on; a plain exception that is none of these is a bug (exit 1)."""

    exit_code = BUG

    def __init__(self, message: str, *, where: str = "", hint: str = ""):
        self.message, self.where, self.hint = message, where, hint
        super().__init__(message)

    def __str__(self) -> str:
        return self._text(self.message, self.hint)

    def told_in(self, language: str) -> str:
        """The same text in another language, as far as its sentences are the catalogue's."""
        return self._text(again(self.message, language), again(self.hint, language))

    def _text(self, message: str, hint: str) -> str:
        return told(f"{self.where}: {message}" if self.where else message, hint)

    def __reduce__(self):
        return _rebuilt, (type(self), self.args, self.__dict__)     # workers hand errors over with all their fields


def _rebuilt(kind, arguments, fields):
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(fields)
    return error


class UsageError(RongheError):
    """A command line that cannot be read: an unknown command, option or choice, options that exclude each other."""

    exit_code = USAGE


class InvalidValueError(RongheError):
    """A value of an option that is none that there is (number of households, seeds, a year, a name): refused as the same value in a scenario file is."""

    exit_code = INVALID


class Problem(NamedTuple):
    """One thing wrong in a scenario file (or in a `--set`, then `file` says so and line is 0)."""

    file: str
    line: int  # counts from 1; 0 where there is no line
    column: int  # counts from 1
    path: str  # levers.homestead_withdrawal.steps[0].from
    code: str  # stable word for scripts: unknown-name, out-of-range ...
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        return self.told_in()

    def told_in(self, language: str | None = None) -> str:
        """The text in a language, in the one it was written in where none is given."""
        message, hint = (again(text, language) if language else text for text in (self.message, self.hint))
        return told(f"{self.place}: {message}", hint)


class ScenarioError(RongheError):
    """A scenario that cannot be read: every problem found, in the order of the file."""

    exit_code = INVALID

    def __init__(self, problems, warnings=()):
        self.problems, self.warnings = tuple(problems), tuple(warnings)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def told_in(self, language: str) -> str:
        return "\n".join(problem.told_in(language) for problem in self.problems)


class DataError(RongheError):
    """Evidence, a run folder or a study file that is missing, changed or cannot be read."""

    exit_code = INVALID

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = ""):
        self.file, self.line = file, line
        super().__init__(message, where=f"{file}:{line}" if line else file, hint=hint)


class DeclarationError(RongheError):
    """A lever, parameter or column that is declared wrongly: for whoever writes one."""

    exit_code = INVALID


class IncomparableError(RongheError):
    """Runs that differ in years, number of households or population and so have no common difference."""

    exit_code = INVALID


class LedgerError(RongheError):
    """An identity of money, land, people, rights or goods that does not hold: the run stops."""

    exit_code = IDENTITY

    def __init__(self, account: str, place: str, amount: float, year: int, message: str = ""):
        self.account, self.place, self.amount, self.year = account, place, amount, year
        super().__init__(message or f"{account} does not close: {amount:+,.6g} left over.", where=f"{year} {place}")


class VerificationError(RongheError):
    """`verify` or `reproduce` found a difference where there must be none."""

    exit_code = IDENTITY


class PartialError(RongheError):
    """Some cells failed and the others are kept; the same command goes on."""

    exit_code = PARTIAL

    def __init__(self, message: str, failed=(), *, hint: str = ""):
        self.failed = tuple(failed)
        super().__init__(message, hint=hint)


class InstallError(RongheError):
    """Something to install first; `line` is the command that does it."""

    exit_code = INSTALL

    def __init__(self, message: str, line: str = ""):
        self.line = line
        super().__init__(message, hint=line)


class MachineError(RongheError):
    """The machine: disk, memory, permission or a busy port. `kind` is one of these words."""

    exit_code = MACHINE

    def __init__(self, message: str, *, kind: str = "", where: str = "", hint: str = ""):
        self.kind = kind
        super().__init__(message, where=where, hint=hint)
