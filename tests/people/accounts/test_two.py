"""A post with power over accounts or policies is proposed by one and given by another; the server's owner makes the first."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from linli.base.actor import Actor, system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.commands.models import OutboxRow
from linli.base.policies import load
from linli.base.scope import enter
from linli.doors.cli import account as cli
from linli.people.accounts import commands, rules
from linli.people.accounts.models import Account, Post, Proposal
from linli.people.accounts.queries import actor_of
from tests.cast import HERE, MONDAY, Cast


@pytest.fixture
def second(cast: Cast) -> Actor:
    """Another system administrator."""
    account = Account.objects.create(login="second", name="习二", created_at=MONDAY)
    cast.posts["second"] = Post.objects.create(
        account=account, role="system_administrator", organisation=cast.organisations["office"], starts=date(2020, 1, 1)
    )
    return actor_of(cast.posts["second"])


def propose(cast: Cast, who: str = "volunteer", role: str = "system_administrator") -> Proposal:
    return commands.propose(
        cast.sysadmin, cast.posts[who].account, role=role, organisation=cast.organisations["office"]
    )


def powerful(cast: Cast, who: str = "volunteer") -> bool:
    return Post.objects.filter(account=cast.posts[who].account, role="system_administrator").exists()


def test_which_posts_need_two(everything: None) -> None:
    roles = load("roles").data
    assert {row["code"] for row in roles["roles"] if rules.needs_second(roles, row["code"])} == {
        "system_administrator",
        "policy_editor",
    }


def test_one_proposes_another_gives(cast: Cast, second: Actor) -> None:
    proposal = propose(cast)
    assert not powerful(cast)
    with pytest.raises(Refused, match="另一位系统管理员同意"):
        commands.approve(cast.sysadmin, proposal)
    post = commands.approve(second, proposal)
    assert powerful(cast) and post.starts == timezone.localdate(now())
    assert OutboxRow.objects.filter(event="accounts.appointed", payload__post=post.pk).exists()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by_id) == ("approved", second.account_id)
    for act in (commands.approve, commands.decline):
        with pytest.raises(Refused, match="已经有结果"):
            act(second, proposal)


@pytest.mark.parametrize("role", ["system_administrator", "policy_editor"])
def test_nobody_gives_it_alone(cast: Cast, role: str) -> None:
    with pytest.raises(Refused, match="两个人办") as refused:
        commands.appoint(
            cast.sysadmin, cast.posts["volunteer"].account, role=role, organisation=cast.organisations["office"]
        )
    assert refused.value.field == "role"


def test_other_posts_are_given_as_ever(cast: Cast) -> None:
    with pytest.raises(Refused, match="直接任命就行"):
        propose(cast, role="volunteer")
    commands.appoint(
        cast.sysadmin, cast.posts["volunteer"].account, role="dispatcher", organisation=cast.organisations["desk"],
        region_code=HERE,
    )  # fmt: skip


def test_nobody_approves_what_is_given_to_himself(cast: Cast, second: Actor) -> None:
    own = cast.posts["sysadmin"].account
    with pytest.raises(Refused, match="不能给自己"):
        commands.propose(cast.sysadmin, own, role="policy_editor", organisation=cast.organisations["office"])
    proposal = commands.propose(
        cast.sysadmin, cast.posts["second"].account, role="policy_editor", organisation=cast.organisations["office"]
    )
    with pytest.raises(Refused, match="不能同意给自己"):
        commands.approve(second, proposal)
    proposal.refresh_from_db()
    assert proposal.state == "waiting", "what is refused decides nothing"


def test_whoever_was_given_a_new_password_by_the_one_who_proposes_approves_nothing_of_theirs(
    cast: Cast, second: Actor
) -> None:
    """With the fresh password in hand the one could sign in as the other and be two."""
    commands.reset_password(cast.sysadmin, cast.posts["second"].account)
    proposal = propose(cast)
    with pytest.raises(Refused, match="重置过您的密码"):
        commands.approve(second, proposal)
    with frozen(now() + timedelta(days=31)):
        assert commands.approve(second, proposal).pk


def test_said_no_or_taken_back(cast: Cast, second: Actor) -> None:
    assert commands.decline(second, propose(cast)).state == "declined"
    assert commands.decline(cast.sysadmin, propose(cast)).state == "withdrawn"
    assert not powerful(cast)
    propose(cast)
    with pytest.raises(Refused, match="已经在等同意"):
        propose(cast)


def test_what_changed_meanwhile_is_looked_at_again(cast: Cast, second: Actor) -> None:
    proposal = propose(cast)
    Account.objects.filter(pk=proposal.account_id).update(is_active=False)
    with pytest.raises(Refused, match="已停用"):
        commands.approve(second, proposal)
    Account.objects.filter(pk=proposal.account_id).update(is_active=True)
    Post.objects.create(
        account=proposal.account,
        role="system_administrator",
        organisation=proposal.organisation,
        starts=date(2020, 1, 1),
    )
    with pytest.raises(Refused, match="同样的岗位"):
        commands.approve(second, proposal)


@pytest.mark.parametrize("who", ["dispatcher", "leader", "auditor", "policy_editor"])
def test_only_administrators_have_a_hand_in_it(cast: Cast, who: str) -> None:
    proposal = propose(cast)
    actor = getattr(cast, who)
    for act in (commands.approve, commands.decline):
        with pytest.raises(Refused, match="没有办理这项操作的权限"):
            act(actor, proposal)
    assert cast.client(who).post(f"/accounts/proposals/{proposal.pk}/approve/").status_code == 404


# --- pages -----------------------------------------------------------------------------------------------------------


def form(cast: Cast) -> dict[str, object]:
    return {"role": "system_administrator", "organisation": cast.organisations["office"].pk}


def test_from_the_form_to_the_post(cast: Cast, second: Actor) -> None:
    person = cast.posts["volunteer"].account
    mine, theirs = cast.client("sysadmin"), cast.client("second")
    assert "要两个人办" in mine.get(f"/accounts/{person.pk}/post/").content.decode()
    page = mine.post(f"/accounts/{person.pk}/post/", form(cast), follow=True).content.decode()
    assert "等另一位系统管理员同意" in page and "撤回" in page and "/approve/" not in page
    assert "没有第二位" not in page
    enter(system("test"))
    proposal = Proposal.objects.get()
    waiting = theirs.get("/accounts/").content.decode()
    assert "志原" in waiting and f"/accounts/proposals/{proposal.pk}/approve/" in waiting
    assert mine.post(f"/accounts/proposals/{proposal.pk}/approve/").status_code == 403
    assert theirs.post(f"/accounts/proposals/{proposal.pk}/approve/").status_code == 302
    enter(system("test"))
    assert powerful(cast)
    assert theirs.post(f"/accounts/proposals/{proposal.pk}/decline/").status_code == 409
    assert theirs.post("/accounts/proposals/0/approve/").status_code == 404


def test_a_lone_administrator_is_told_what_waits_and_works_on(cast: Cast) -> None:
    client = cast.client("sysadmin")
    page = client.post(
        f"/accounts/{cast.posts['volunteer'].account_id}/post/", form(cast), follow=True
    ).content.decode()
    assert "现在没有第二位系统管理员能同意" in page and "linli account create" in page
    for path in ("/desk/", "/accounts/", "/organisations/new/", "/system/"):
        assert client.get(path).status_code == 200, path


def test_the_command_line_makes_the_first_two(cast: Cast) -> None:
    Post.objects.filter(role="system_administrator").delete()
    office = cast.organisations["office"].name

    def create(login: str) -> str:
        result = CliRunner().invoke(cli.command, ["create", login, "--name", "管理", "--organisation", office])
        enter(system("test"))
        assert result.exit_code == 0, result.output
        return result.output

    assert "开第二位系统管理员" in create("first.admin")
    assert "开第二位系统管理员" not in create("second.admin")
    posts = {
        row.account.login: row for row in Post.objects.filter(role="system_administrator").select_related("account")
    }
    first, second = (actor_of(posts[login]) for login in ("first.admin", "second.admin"))
    proposal = commands.propose(
        first, cast.posts["volunteer"].account, role="policy_editor", organisation=cast.organisations["office"]
    )
    assert commands.approve(second, proposal).role == "policy_editor"
