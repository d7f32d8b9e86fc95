"""Reading accounts and posts; turning a post into the actor that everything else asks about."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.base.prepared import objects
from linli.people.accounts import rules
from linli.people.accounts.models import Account, Post, Proposal, RecoveryCode, SignInAttempt
from linli.people.accounts.rules import OWN_RIGHTS, actor_through, role_name


def posts_in_office(account_id: int, today: date) -> QuerySet[Post]:
    """The posts a person holds today, oldest first."""
    return (
        Post.objects.filter(_held(today), account_id=account_id).select_related("organisation").order_by("starts", "id")
    )


def actor_of(post: Post) -> Actor:
    """The actor behind a post whose account is loaded."""
    return actor_through(
        account_id=post.account_id,
        name=post.account.name,
        post_id=post.pk,
        role=post.role,
        organisation_id=post.organisation_id,
        region_code=post.region_code,
        roles=policies.load("roles").data,
    )


def roles() -> list[tuple[str, str]]:
    """(code, name) of every role in force."""
    data = policies.load("roles").data
    return [(row["code"], role_name(data, row["code"])) for row in data["roles"]]


def post_of_organisation(post_id: int, organisation_id: int | None) -> Post | None:
    """A post of this organisation that somebody holds, or None."""
    return Post.objects.filter(
        pk=post_id, organisation_id=organisation_id or 0, ends=None, account__is_active=True
    ).first()


def own_actor(account: Account) -> Actor:
    """Somebody who acts only on their own account: on the way in, before there is a post to act through."""
    return Actor(kind="person", name=account.name, account_id=account.pk, rights=OWN_RIGHTS)


def demo_posts() -> list[Post]:
    """Posts of the demo's invented people, in the order they were made."""
    rows = Post.objects.filter(account__demo=True, account__is_active=True, ends=None)
    rows = rows.exclude(account__password__startswith="!")  # noqa: S106  the many who only fill the registers
    return list(rows.select_related("account", "organisation").order_by("id")[:200])


def recent_attempts(login: str, count: int = 10) -> list[SignInAttempt]:
    """The last tries to sign in with this login, latest first: for the person themselves, who can tell which were
    theirs."""
    return list(SignInAttempt.objects.filter(login=login).order_by("-at")[:count])


def unused_recovery_codes(account_id: int) -> int:
    return RecoveryCode.objects.filter(account_id=account_id, used_at=None).count()


def register(actor: Actor, today: date) -> QuerySet[Account]:
    """Accounts with the posts they hold today, for administrators; nobody else sees any."""
    if not actor.may("accounts.view"):
        return Account.objects.none()
    held = Post.objects.filter(_held(today)).select_related("organisation").order_by("starts", "id")
    return Account.objects.prefetch_related(Prefetch("posts", held, to_attr="held"))


def holding(accounts: QuerySet[Account], today: date, **wanted: object) -> QuerySet[Account]:
    """Accounts that hold a post of this kind today."""
    posts = Post.objects.filter(_held(today), account=OuterRef("pk"), **wanted)
    return accounts.filter(Exists(posts))


def without_post(accounts: QuerySet[Account], today: date) -> QuerySet[Account]:
    return accounts.filter(~Exists(Post.objects.filter(_held(today), account=OuterRef("pk"))))


def _held(today: date) -> Q:
    return Q(starts__lte=today) & (Q(ends__isnull=True) | Q(ends__gte=today))


def needs_second(role: str) -> bool:
    """Whether a post of this role needs a second approver under the policy in force."""
    return rules.needs_second(policies.load("roles").data, role)


def waiting(actor: Actor) -> QuerySet[Proposal]:
    """Proposals that wait for a second approver, oldest first; for those who may appoint."""
    rows = Proposal.objects.filter(state=Proposal.State.WAITING).order_by("proposed_at", "id")
    rows = rows.select_related("account", "organisation", "proposed_by")
    return rows if actor.may("accounts.appoint") else rows.none()


def other_approvers(account_id: int | None, today: date) -> int:
    """How many people in office beside this one could approve what this one proposes."""
    data = policies.load("roles").data
    able = [row["code"] for row in data["roles"] if "accounts.appoint" in row["rights"]]
    held = Post.objects.filter(_held(today), role__in=able, account__is_active=True)
    return held.exclude(account_id=account_id or 0).values("account_id").distinct().count()


def posts_with_names(keys: Collection[int], organisation_id: int | None) -> dict[int, Post]:
    """The posts of these keys and, where an organisation is named, those that are held in it; each with its account."""
    if not keys and organisation_id is None:
        return {}
    wanted = (
        "WHERE id = ANY(%s::bigint[]) OR (organisation_id = %s::bigint AND ends IS NULL) ORDER BY role, region_code, id"
    )
    posts = objects(Post, wanted, [list(keys), organisation_id])
    holders = objects(Account, "WHERE id = ANY(%s::bigint[])", [[post.account_id for post in posts]])
    by_key = {account.pk: account for account in holders}
    for post in posts:
        if post.account_id in by_key:
            post.account = by_key[post.account_id]
    return {post.pk: post for post in posts if post.account_id in by_key}
