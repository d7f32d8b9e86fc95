"""Reading published policies. Cached in each process for a few seconds: a new version is in force everywhere soon
after."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from linli.base.policies.models import PolicyVersion

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Policy:
    id: int
    code: str
    version: int
    name: str
    data: dict[str, Any]
    basis: str = ""

    @property
    def label(self) -> str:
        return f"{self.code}@{self.version}"


_current: dict[str, tuple[float, Policy]] = {}
_by_id: dict[int, Policy] = {}


def load(code: str) -> Policy:
    """The published version now in force. Raises LookupError when the policy was never published."""
    held = _current.get(code)
    if held is not None and time.monotonic() - held[0] < FRESH_SECONDS:
        return held[1]
    row = _rows().filter(code=code, status="published").first()
    if row is None:
        raise LookupError(f"policy {code} is not published")
    policy = _policy(row)
    _current[code] = (time.monotonic(), policy)
    return policy


def version(policy_id: int) -> Policy:
    """One fixed version, as pinned by a proceeding or a clock; it never changes, so it is kept for good."""
    if policy_id not in _by_id:
        _policy(_rows().get(pk=policy_id))
    return _by_id[policy_id]


def _rows() -> "QuerySet[PolicyVersion]":
    # Imported late: this package is read while the apps are still loading.
    from linli.base.policies.models import PolicyVersion

    return PolicyVersion.objects.all()


def _policy(row: "PolicyVersion") -> Policy:
    policy = Policy(row.pk, row.code, row.version, row.name, row.data, row.basis)
    _by_id[policy.id] = policy
    return policy


def forget() -> None:
    """Drop what this process remembers: after publishing here, and between tests."""
    _current.clear()
    _by_id.clear()
