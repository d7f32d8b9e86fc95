"""The registers that sheets can be brought into. A further room registers its target in this table."""

from linli.base.actor import Actor
from linli.doors.intake.registers.targets.base import KNOWN, Examined, Field, Option, Passed, RowRefused, Target, Undone
from linli.doors.intake.registers.targets.buildings import Buildings, Compounds
from linli.doors.intake.registers.targets.dwellings import Dwellings
from linli.doors.intake.registers.targets.organisations import Organisations
from linli.doors.intake.registers.targets.residents import Residents

_TARGETS: dict[str, Target] = {
    target.code: target for target in (Residents(), Dwellings(), Buildings(), Compounds(), Organisations())
}

__all__ = [
    "KNOWN",
    "Examined",
    "Field",
    "Option",
    "Passed",
    "RowRefused",
    "Target",
    "Undone",
    "codes",
    "get",
    "open_to",
]


def codes() -> tuple[str, ...]:
    return tuple(_TARGETS)


def get(code: str) -> Target:
    """The target of this code. Raises KeyError."""
    return _TARGETS[code]


def open_to(actor: Actor) -> list[Target]:
    """The registers this actor may write."""
    return [target for target in _TARGETS.values() if actor.may(target.right)]
