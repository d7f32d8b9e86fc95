"""What a register must offer so that sheets can be brought into it.

A target reads rows in batches and asks the database as often for one row as for a thousand. It writes only through the
commands of its room, in the name of whoever brought the sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from linli.base.actor import Actor

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may say. concepts: what the column may be recognised as, the best first; kind: how a value is
    masked where it is shown (person_name, phone, identity, address, date, or empty)."""

    code: str
    label: Any
    concepts: tuple[str, ...]
    required: bool = False
    kind: str = ""
    help: Any = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing said once for the whole sheet. choices empty: yes or no; once: said of these very people, so that the next
    sheet with the same columns must be asked again."""

    code: str
    label: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    default: Any = ""
    once: bool = False


@dataclass(slots=True)
class Examined:
    """What a batch of rows came to. values: ready for `apply`, None where the row cannot go in; problems: place in the
    batch, field, reason; known: places of rows that the register has already; keys: what makes two rows of one sheet
    the same, empty where nothing does."""

    values: list[Any]
    keys: list[str]
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    known: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, count: int) -> "Examined":
        return cls(values=[None] * count, keys=[""] * count)

    def refuse(self, place: int, name: str, reason: str) -> None:
        self.values[place] = None
        self.problems.append((place, name, reason))


KNOWN = "台账里已经有了"


@dataclass(frozen=True, slots=True)
class Passed:
    """When a sheet was checked, and how many rows of this register it has brought in since."""

    at: datetime
    brought: int


class RowRefused(Exception):
    """One row of a batch cannot go in after all: its place in the batch, the field, the reason."""

    def __init__(self, place: int, name: str, reason: str):
        super().__init__(reason)
        self.place, self.name, self.reason = place, name, reason


@dataclass(slots=True)
class Undone:
    """What an undoing came to. gone: how many went; kept: id and reason of what stays, since somebody relies on it."""

    gone: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)


class Target(Protocol):
    """One register. right: of the command that writes it; noun: 人, 套, 家; people: whether a row is somebody: then nothing of
    it is shown in clear."""

    code: str
    name: Any
    noun: Any
    right: str
    list_url: str
    people: bool
    fields: tuple[Field, ...]

    def options(self, actor: Actor) -> tuple[Option, ...]:
        """What must be said once for the whole sheet."""

    def examiner(self, actor: Actor, options: Mapping[str, Any]) -> Callable[[Rows], Examined]:
        """What reads and checks the batches of one sheet: rows by field code, as text. It writes nothing."""

    def pack(self, value: Any) -> Any:
        """A value of `examine` as JSON can hold it: checked rows lie sealed until they go in."""

    def unpack(self, data: Any) -> Any:
        """The value again."""

    def stale(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], passed: Passed
    ) -> dict[int, tuple[str, str]]:
        """place -> (field, reason) of checked values that cannot go in any longer, since the register has changed."""

    def ahead(self, values: Sequence[Any]) -> Any:
        """What can be made ready for `apply` while the batch before is written, by another thread; None: nothing."""

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str, ahead: Any = None
    ) -> dict[str, list[int]]:
        """Write a batch of examined values; ahead: what was made ready for these very values. Returns register -> ids of what is new, in the order of writing. Raises
        RowRefused where one row is in the way, Refused where the batch as a whole is: then nothing was written."""

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """Take back what `apply` wrote at `since`, but for what somebody has changed or relies on by now."""
