"""Looking cases up by a telephone number: personal data, so every look leaves a trace."""

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.crypto.fields import index_candidates
from linli.matters.cases import rules
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to

FOUND_MOST = 50


@command("cases.search_phone", right="cases.reveal", repeatable=True)
def search_phone(actor: Actor, *, phone: str) -> list[int]:
    """Ids of the cases reported from this number, latest first, among those the actor may see.

    For whoever may open contacts. Cases about the actor's own unit are left out. The number itself is not recorded,
    only that a number was looked up and how many were found.
    """
    digits = rules.clean_phone(phone)
    if problem := rules.problem_of_phone(digits):
        raise Refused(problem, field="q")
    rows = visible_to(actor).filter(phone_index__in=index_candidates(Case, "phone_index", digits))
    if actor.organisation_id:
        rows = rows.exclude(about_id=actor.organisation_id)
    found = list(rows.order_by("-pk").values_list("pk", flat=True)[:FOUND_MOST])
    detail(found=len(found))
    return found
