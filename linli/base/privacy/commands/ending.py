"""What hangs on a record goes its way: who may ask for it, what was asked about it, what keeps it. Called inside a command of another room.

Authorities end when the person they are for has died, and run again when that was noted by mistake.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from linli.base.privacy.models import Authority, LegalHold, RightsRequest
from linli.base.privacy.queries import today


def end_all(kind: str, keys: Iterable[int]) -> dict[str, list[str]]:
    """End every authority to ask for these records that has not ended; returns what `run_again` needs: id -> [starts, ends]."""
    last = today() - timedelta(days=1)
    found = {}
    for row in Authority.objects.select_for_update().filter(
        subject_kind=kind, subject_id__in=list(keys), ends__gt=last
    ):
        found[str(row.pk)] = [row.starts.isoformat(), row.ends.isoformat()]
        row.starts, row.ends = min(row.starts, last), last
        row.save(update_fields=["starts", "ends"])
    return found


def run_again(ended: Mapping[str, list[str]]) -> None:
    """Take `end_all` back."""
    for key, (starts, ends) in ended.items():
        Authority.objects.filter(pk=int(key)).update(starts=date.fromisoformat(starts), ends=date.fromisoformat(ends))


def hand_over(kind: str, key: int, to: int, only: Iterable[int] | None = None) -> list[int]:
    """Whoever may ask for one record may ask for another from now on, which is of the same person. only: these authorities. Returns which."""
    rows = Authority.objects.filter(subject_kind=kind, subject_id=key)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    keys = list(rows.values_list("pk", flat=True))
    Authority.objects.filter(pk__in=keys).update(subject_id=to)
    return keys


def follow(kind: str, keys: Iterable[int], code: str) -> None:
    """What was asked about these records, who may ask for them and what holds them goes with them to another place."""
    wanted = list(keys)
    for model in (Authority, RightsRequest):
        model.objects.filter(subject_kind=kind, subject_id__in=wanted).exclude(region_code=code).update(
            region_code=code
        )
    LegalHold.objects.filter(kind=kind, subject_id__in=wanted).exclude(region_code=code).update(region_code=code)
