"""Who acts: a value that travels from the door to the deepest query. It never touches the database."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "resident", "anonymous", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One person acting through one post, or a resident, nobody, or the system itself.

    regions: prefixes of region codes this actor may see; organisation_ids: organisations whose work they may see;
    proceedings: ids a resident has proved to know (number and tracking code); everything: the system's own jobs.
    """

    kind: Kind
    name: str = ""
    account_id: int | None = None
    post_id: int | None = None
    role: str = ""
    organisation_id: int | None = None
    organisation_ids: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    rights: frozenset[str] = frozenset()
    proceedings: tuple[int, ...] = ()
    everything: bool = False

    def may(self, right: str) -> bool:
        """Whether this actor holds the right; the system holds every right."""
        return self.kind == "system" or right in self.rights

    @property
    def signed_in(self) -> bool:
        return self.kind == "person"

    @property
    def principal(self) -> str:
        """A stable text naming who this is, for idempotency keys and the audit."""
        if self.kind == "person":
            return f"post:{self.post_id or 0}:account:{self.account_id}"
        return f"{self.kind}:{self.name}" if self.kind == "system" else self.kind


# What anybody may do without signing in; everything else needs a post.
RESIDENT_RIGHTS = frozenset(
    {"cases.file", "cases.track", "cases.confirm", "cases.supplement", "cases.remind", "privacy.ask"}
)
# What no role can be given: only the system itself does it.
SYSTEM_RIGHTS = frozenset(
    {
        "policies.ship",
        "commands.sweep",
        "accounts.sweep",
        "files.scan",
        "files.sweep",
        "indicators.compact",
        "hotline.report",
        "hotline.deliver",
        "cases.raise_rungs",
        "cases.follow_thing",
        "whistles.conclude_unrated",
        "organisations.remind_terms",
        "party.tell_of_term",
        "party.follow_merger",
        "answering.follow_merger",
        "demo.people",
        "registers.resume",
        "residents.follow_dwellings",
        "privacy.erase",
        "privacy.conclude",
        "privacy.catch_up",
        "privacy.rotate_after",
    }
)
ANONYMOUS = Actor(kind="anonymous", rights=RESIDENT_RIGHTS)


def system(reason: str) -> Actor:
    """The system acting on its own: a job, an import, a first start. `reason` is written into the audit."""
    return Actor(kind="system", name=reason, everything=True)
