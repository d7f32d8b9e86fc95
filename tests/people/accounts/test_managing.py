"""What administrators do with accounts and posts: command, refusal, page."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.scope import enter
from linli.people.accounts import commands
from linli.people.accounts.models import Account, Post
from tests.cast import GRID, HERE, Cast


def test_a_new_account_gets_a_password_that_is_shown_once(cast: Cast) -> None:
    page = cast.client("sysadmin").post("/accounts/new/", {"login": " Xin.Ren ", "name": "辛人"})
    assert page.status_code == 200
    shown = re.search(r"data-copy=\"([\w-]{19})\"", page.content.decode())
    assert shown is not None
    enter(system("test"))
    account = Account.objects.get(login="xin.ren")
    assert account.one_time
    assert account.check_password(shown[1])
    assert account.password.startswith("argon2$argon2id")
    row = AuditRow.objects.get(command="accounts.create")
    assert shown[1] not in str(row.detail)
    assert row.account_id == cast.sysadmin.account_id


@pytest.mark.parametrize(
    ("login", "name", "field"),
    [
        ("auditor", "重名", "login"),
        ("中文", "名", "login"),
        ("-x", "名", "login"),
        ("x", "名", "login"),
        ("good.one", " ", "name"),
    ],
)
def test_a_bad_account_is_refused_beside_its_field(cast: Cast, login: str, name: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.create(cast.sysadmin, login=login, name=name)
    assert refused.value.field == field


def test_a_post_gives_rights_until_it_ends(cast: Cast) -> None:
    volunteer = cast.posts["volunteer"].account
    post = commands.appoint(
        cast.sysadmin, volunteer, role="grid_worker", organisation=cast.organisations["here"], region_code=GRID
    )
    assert OutboxRow.objects.filter(event="accounts.appointed", payload__post=post.pk).exists()
    assert post.starts == timezone.localdate(now())
    commands.end_post(cast.sysadmin, post)
    post.refresh_from_db()
    assert post.ends is not None
    assert post.ends < timezone.localdate(now()), "without a date it works no longer from this moment on"
    with pytest.raises(Refused, match="已经离任"):
        commands.end_post(cast.sysadmin, post)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"region_code": "999"}, "region_code"),
        ({"ends": date(2000, 1, 1)}, "ends"),
        ({"role": "community_secretary", "region_code": HERE}, "role"),
    ],
)
def test_a_bad_post_is_refused_beside_its_field(cast: Cast, change: dict[str, object], field: str) -> None:
    values = {"role": "grid_worker", "organisation": cast.organisations["here"], "region_code": GRID} | change
    with pytest.raises(Refused) as refused:
        commands.appoint(cast.sysadmin, cast.posts["secretary"].account, **values)
    assert refused.value.field == field


def test_an_administrator_cannot_give_himself_what_he_may_not_see(cast: Cast) -> None:
    own = cast.posts["sysadmin"].account
    with pytest.raises(Refused, match="不能给自己"):
        commands.appoint(
            cast.sysadmin, own, role="dispatcher", organisation=cast.organisations["desk"], region_code=HERE
        )
    for act in (commands.deactivate, commands.reset_password, commands.reset_second_factor):
        with pytest.raises(Refused):
            act(cast.sysadmin, own)


@pytest.mark.parametrize("name", ["dispatcher", "leader", "auditor", "policy_editor", "secretary", "volunteer"])
def test_nobody_else_may(cast: Cast, name: str) -> None:
    actor, account = getattr(cast, name), cast.posts["worker"].account
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        commands.create(actor, login="new.one", name="新")
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        commands.reset_password(actor, account)
    client = cast.client(name)
    assert client.get("/accounts/").status_code == 404
    assert client.post(f"/accounts/{account.pk}/deactivate/").status_code == 404


def test_a_closed_account_is_out_at_once(cast: Cast) -> None:
    client, account = cast.client("worker"), cast.posts["worker"].account
    assert client.get("/desk/").status_code == 200
    assert cast.client("sysadmin").post(f"/accounts/{account.pk}/deactivate/").status_code == 302
    assert client.get("/desk/").status_code == 302
    enter(system("test"))
    account.refresh_from_db()
    with pytest.raises(Refused, match="已停用"):
        commands.appoint(cast.sysadmin, account, role="volunteer", organisation=cast.organisations["partner"])
    commands.activate(cast.sysadmin, account)
    assert client.get("/desk/").status_code == 302, "an old session does not come back to life"


def test_resetting_a_password_ends_the_sessions(cast: Cast) -> None:
    client, account = cast.client("worker"), cast.posts["worker"].account
    page = cast.client("sysadmin").post(f"/accounts/{account.pk}/reset-password/")
    assert "一次性密码" in page.content.decode()
    assert client.get("/desk/").status_code == 302


def test_the_list_searches_filters_sorts_and_exports(cast: Cast) -> None:
    client = cast.client("sysadmin")

    def names(query: str) -> str:
        return client.get(f"/accounts/?{query}").content.decode().partition('id="list"')[2]

    assert "舒书记" in names("q=舒")
    assert "戈格" not in names("q=舒")
    assert "林邻" in names("role=community_secretary")
    assert "戈格" not in names("role=community_secretary")
    assert "没有符合条件的账号" in names("state=closed")
    enter(system("test"))
    Post.objects.filter(pk=cast.posts["manager"].pk).update(ends=now().date() - timedelta(days=9))
    assert "吴业" in names("state=idle")
    down, up = names("sort=-login"), names("sort=login")
    assert down.index("佘工") < down.index("沈计")
    assert up.index("佘工") > up.index("沈计")
    assert client.get("/accounts/?sort=nonsense&page=99999999999&role=nobody").status_code == 200
    sheet = client.get("/accounts/export.csv?q=舒").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "舒书记" in sheet
    assert "戈格" not in sheet
    assert "argon2" not in sheet


def test_appointing_on_the_page(cast: Cast) -> None:
    client, account = cast.client("sysadmin"), cast.posts["volunteer"].account
    typed = {"role": "grid_worker", "organisation": cast.organisations["here"].pk, "region": GRID, "title": "网格长"}
    wrong = client.post(f"/accounts/{account.pk}/post/", {**typed, "region": "12"})
    assert wrong.status_code == 422
    assert "网格长" in wrong.content.decode(), "what was typed is still there"
    assert client.post(f"/accounts/{account.pk}/post/", typed)["Location"] == f"/accounts/{account.pk}/"
    page = client.get(f"/accounts/{account.pk}/").content.decode()
    assert "网格长" in page
    enter(system("test"))
    post = Post.objects.get(title="网格长")
    assert client.post(f"/accounts/posts/{post.pk}/end/", {"ends": "1999-01-01"}).status_code == 422
    assert client.post(f"/accounts/posts/{post.pk}/end/", {"ends": ""}).status_code == 302
    assert "已离任" in client.get(f"/accounts/{account.pk}/").content.decode()
