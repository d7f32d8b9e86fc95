"""Saying that a term runs out to those who mind it: once for each reminder, on the desk of whoever holds such a post."""

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import command, detail
from linli.people.accounts.models import Post
from linli.people.accounts.rules import rights_of
from linli.people.organisations.models import TermReminder
from linli.people.party.commands.common import today
from linli.people.party.models import TermNotice
from linli.people.party.queries import in_office
from linli.places.regions.rules import ancestor_codes

MINDS = "organisations.note_reminder"


@command("party.tell_of_term")
def tell_of_term(actor: Actor, *, reminder: int) -> int:
    """Say one reminder to every post that minds terms where the organisation stands, or above; returns how many were told
    now. Whoever was told is not told again. Run behind the event that a term is near.
    """
    row = TermReminder.objects.select_related("term__organisation").get(pk=reminder)
    code = row.term.organisation.region_code
    data = policies.load("roles").data
    roles = [one["code"] for one in data["roles"] if MINDS in rights_of(data, one["code"])]
    posts = Post.objects.filter(in_office(today()), role__in=roles, region_code__in=[*ancestor_codes(code), code])
    posts = posts.exclude(pk__in=row.notices.values("post")).filter(account__is_active=True)
    made = TermNotice.objects.bulk_create(
        TermNotice(reminder=row, post=post, region_code=code, at=now()) for post in posts
    )
    detail(told=len(made))
    return len(made)
