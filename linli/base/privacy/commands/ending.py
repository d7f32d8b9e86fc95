"""Authorities end when the person they are for has died, and run again when that was noted by mistake. Called inside a command of another room."""

from collections.abc import Mapping
from datetime import date, timedelta

from linli.base.privacy.models import Authority
from linli.base.privacy.queries import today


def end_all(kind: str, key: int) -> dict[str, list[str]]:
    """End every authority to ask for this person that has not ended; returns what `run_again` needs: id -> [starts, ends]."""
    last = today() - timedelta(days=1)
    found = {}
    for row in Authority.objects.select_for_update().filter(subject_kind=kind, subject_id=key, ends__gt=last):
        found[str(row.pk)] = [row.starts.isoformat(), row.ends.isoformat()]
        row.starts, row.ends = min(row.starts, last), last
        row.save(update_fields=["starts", "ends"])
    return found


def run_again(ended: Mapping[str, list[str]]) -> None:
    """Take `end_all` back."""
    for key, (starts, ends) in ended.items():
        Authority.objects.filter(pk=int(key)).update(starts=date.fromisoformat(starts), ends=date.fromisoformat(ends))
