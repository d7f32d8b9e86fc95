"""Codes on the walls: a short text that names a building, a site or a thing and opens the form with its place filled in.

Nothing is secret about them: they say what stands on the wall already. They must work as long as the paint holds, so they
hang on no key that may change; a check character tells a misread or mistyped code from a true one. Pure but for `initial`.
"""

from dataclasses import dataclass
from typing import Any

from linli.base.actor import system
from linli.base.scope import scope
from linli.places.addresses.models import Building
from linli.places.sites.models import Site, Thing

# 31 characters, a prime: then every single wrong character and every swap of neighbours is found. No i, l, o, u, z.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxy"
_BASE = len(_ALPHABET)
_MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0", "z": "2"})
KINDS = {"b": "building", "s": "site", "t": "thing"}
_LETTERS = {kind: letter for letter, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Label:
    """One label to print: the place in words, its code, the address behind it."""

    title: str
    note: str
    code: str


def code_of(kind: str, key: int) -> str:
    """building 1234 -> b1929 or so: a letter for the kind, the key in base 31, a check character."""
    digits = ""
    while True:
        key, rest = divmod(key, _BASE)
        digits = _ALPHABET[rest] + digits
        if not key:
            break
    text = _LETTERS[kind] + digits
    return text + _check(text)


def read_code(text: str) -> tuple[str, int] | None:
    """(kind, key) of a code as it was scanned or typed; None when it is none."""
    code = text.strip().lower().translate(_MISREAD)
    if not 3 <= len(code) <= 14 or code[0] not in KINDS or any(one not in _ALPHABET for one in code):
        return None
    if _check(code[:-1]) != code[-1]:
        return None
    key = 0
    for one in code[1:-1]:
        key = key * _BASE + _ALPHABET.index(one)
    # A leading zero would give one place two codes.
    return (KINDS[code[0]], key) if key < 2**62 and (code[1] != "0" or len(code) == 3) else None


def _check(text: str) -> str:
    total = sum(weight * _ALPHABET.index(one) for weight, one in enumerate(reversed(text), start=2))
    return _ALPHABET[total % _BASE]


def about(code: str) -> tuple[str, str, int]:
    """(kind or, of a thing, whether it was reported before; its name; key) of what stands on the wall, for the top of the form; empty when it names nothing in use."""
    kind, key = read_code(code) or ("", 0)
    if kind == "building":
        building = Building.objects.filter(pk=key, valid_to=None).select_related("compound").first()
        return ("building", str(building), key) if building else ("", "", 0)
    if kind == "site":
        name = Site.objects.filter(pk=key, valid_to=None).values_list("name", flat=True).first()
        return ("site", name, key) if name else ("", "", 0)
    if kind == "thing" and (row := _thing(key)) is not None:
        # Somebody who has reported it before saves the others the trouble.
        known = {Thing.State.REPORTED: "reported", Thing.State.REPAIR: "repair"}.get(Thing.State(row.state), "thing")
        return known, row.name, key
    return ("", "", 0)


def _thing(key: int) -> Thing | None:
    with scope(system("a code on a wall")):
        return Thing.objects.filter(pk=key, valid_to=None).first()


def thing(code: str) -> int | None:
    """The key of the thing a code names; None for anything else."""
    kind, key = read_code(code) or ("", 0)
    return key if kind == "thing" and _thing(key) is not None else None


def initial(code: str) -> dict[str, Any]:
    """What the form of a report starts with for a code; empty when it names nothing that is in use."""
    found = read_code(code)
    if found is None:
        return {}
    kind, key = found
    if kind == "building":
        building = Building.objects.filter(pk=key, valid_to=None).first()
        return (
            {} if building is None else {"at": code, "place": f"c:{building.compound_id}", "building": str(building.pk)}
        )
    model: Any = Site if kind == "site" else Thing
    # Whoever stands before a thing sees what it is and where; nothing else of the register is told.
    with scope(system("a code on a wall")):
        row = model.objects.filter(pk=key, valid_to=None).first()
    if row is None:
        return {}
    words = f"{row.name}（{row.address}）" if row.address else row.name
    return {
        "at": code,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "place_text": words,
        "region_code": row.region_code[:12],
    }
