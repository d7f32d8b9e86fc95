"""The way in and the way out: constant answers, waits, second factor, posts, sessions that end when they must."""

import re
import time
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pyotp
import pytest
from django.db import connection, transaction
from django.test import Client

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.scope import enter, scope
from linli.doors.web import sessions
from linli.people.accounts import commands, second_factor, signing_in
from linli.people.accounts.middleware import IDLE_SECONDS, LONGEST_SECONDS, SEEN_KEY, SINCE_KEY
from linli.people.accounts.models import Account, Post, RecoveryCode, SignInAttempt
from linli.people.accounts.queries import own_actor
from tests.cast import Cast

PASSWORD = "lantern bridge 42 willow"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def person(cast: Cast, login: str, *, totp: bool = True) -> Account:
    """A member of the cast with a password, and with a telephone tied to the account."""
    account = cast.posts[login].account
    account.set_password(PASSWORD)
    if totp:
        account.totp_secret = second_factor.seal(SECRET, account.pk)
    account.password_at = now()
    account.save()
    return account


def code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(time.time()) + 30 * steps)


def type_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"login": login, "password": password, **more})


def sign_in(client: Client, login: str, steps: int = 0, **more: Any) -> Any:
    type_in(client, login, **more)
    client.post("/sign-in/code/", {"code": code(steps)})
    return client.get("/sign-in/post/")


def without_tokens(page: bytes) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", page.decode())


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_password_and_code_lead_to_the_desk_in_a_new_session(cast: Cast) -> None:
    person(cast, "auditor")
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["linli"] = planted = session.session_key
    answer = type_in(client, "Auditor ")  # capitals and spaces in a login do not matter
    assert answer["Location"] == "/sign-in/code/"
    assert not is_in(client), "a password alone opens nothing"
    answer = client.post("/sign-in/code/", {"code": code()})
    assert answer["Location"] == "/sign-in/post/"
    assert client.get("/sign-in/post/")["Location"] == "/desk/"
    assert is_in(client)
    assert client.cookies["linli"].value != planted
    assert "planted" not in client.session


def test_unknown_login_and_wrong_password_cannot_be_told_apart(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    person(cast, "auditor")
    checked: list[str] = []
    real = signing_in.check_password
    monkeypatch.setattr(signing_in, "check_password", lambda *words: checked.append(words[1][:8]) or real(*words))
    known = type_in(Client(), "auditor", "something else")
    unknown = type_in(Client(), "auditer", "something else")
    assert known.status_code == unknown.status_code == 422
    assert without_tokens(known.content).replace("auditor", "X") == without_tokens(unknown.content).replace(
        "auditer", "X"
    )
    assert len(checked) == 2, "a hash is checked for a login that does not exist too"
    assert checked[0] == checked[1] == "argon2$a"
    enter(system("test"))
    assert not SignInAttempt.objects.filter(login__contains="auditer").exists(), (
        "an unknown login is not stored readable"
    )


def test_an_account_that_is_closed_looks_unknown(cast: Cast) -> None:
    account = person(cast, "auditor")
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert type_in(Client(), "auditor").status_code == 422


def test_failures_must_wait_and_the_wait_ends(cast: Cast) -> None:
    person(cast, "auditor")
    start = now()
    with frozen(start):
        client = Client()
        for _try in range(5):
            assert type_in(client, "auditor", "wrong").status_code == 422
        answer = type_in(client, "auditor")
        assert answer.status_code == 429
        assert answer["Retry-After"] == "15"
        assert "15" in answer.content.decode()
    with frozen(start + timedelta(seconds=16)):
        assert type_in(client, "auditor").status_code == 302


def test_a_victim_is_not_locked_out_by_a_stranger(cast: Cast) -> None:
    account = person(cast, "auditor")
    SignInAttempt.objects.create(login="auditor", address="10.1.1.1", at=now() - timedelta(days=3), good=True)
    for number in range(60):
        SignInAttempt.objects.create(login="auditor", address=f"10.9.9.{number}", at=now(), good=False)
    stranger, victim = Client(REMOTE_ADDR="10.9.9.200"), Client(REMOTE_ADDR="10.1.1.1")
    answer = type_in(stranger, "auditor")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= 60
    assert type_in(victim, "auditor")["Location"] == "/sign-in/code/"
    assert account.is_active


def test_one_address_cannot_try_many_logins(cast: Cast) -> None:
    person(cast, "auditor")
    for number in range(31):
        SignInAttempt.objects.create(login=f"?{number}", address="10.9.9.9", at=now(), good=False)
    assert type_in(Client(REMOTE_ADDR="10.9.9.9"), "auditor").status_code == 429


def test_a_forged_header_changes_no_address(cast: Cast) -> None:
    person(cast, "auditor")
    type_in(Client(REMOTE_ADDR="10.2.2.2"), "auditor", "wrong", HTTP_X_FORWARDED_FOR="1.2.3.4")
    Client(REMOTE_ADDR="10.2.2.2").post(
        "/sign-in/", {"login": "auditor", "password": "wrong"}, headers={"X-Forwarded-For": "1.2.3.4"}
    )
    enter(system("test"))
    assert set(SignInAttempt.objects.values_list("address", flat=True)) == {"10.2.2.2"}


def test_a_code_works_once(cast: Cast) -> None:
    account = person(cast, "auditor")
    used = code()
    assert sign_in(Client(), "auditor").status_code == 302
    second = Client()
    type_in(second, "auditor")
    assert second.post("/sign-in/code/", {"code": used}).status_code == 422
    enter(system("test"))
    # Two that read the same row before either wrote: the row count of the UPDATE lets one through.
    Account.objects.filter(pk=account.pk).update(totp_step=0)
    one, two = Account.objects.get(pk=account.pk), Account.objects.get(pk=account.pk)
    assert [signing_in.with_code(each, used, None).account is not None for each in (one, two)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_code_sent_twice_at_the_same_moment_works_once() -> None:
    with scope(system("test")):
        account = Account.objects.create(login="twin", name="双", created_at=now())
        account.totp_secret = second_factor.seal(SECRET, account.pk)
        account.save()
    used, gate = code(), Barrier(4)
    found: list[bool] = []

    def attempt(address: str) -> None:
        try:
            read = Account.objects.get(login="twin")
            gate.wait(10)
            with transaction.atomic():
                found.append(signing_in.with_code(read, used, address).account is not None)
        finally:
            connection.close()

    threads = [Thread(target=attempt, args=(f"10.0.0.{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [False, False, False, True]


def test_the_code_of_a_neighbouring_step_is_taken_and_an_old_one_is_not(cast: Cast) -> None:
    account = person(cast, "auditor")
    assert second_factor.step_of(SECRET, code(-1), time.time(), account.totp_step) is not None
    assert second_factor.step_of(SECRET, code(-3), time.time(), account.totp_step) is None
    assert second_factor.step_of(SECRET, "12 34", time.time(), 0) is None
    assert second_factor.step_of(SECRET, "１２３４５６", time.time(), 0) is None


def test_guessing_codes_must_wait_too(cast: Cast) -> None:
    person(cast, "auditor")
    client = Client()
    type_in(client, "auditor")
    statuses = [client.post("/sign-in/code/", {"code": "000000"}).status_code for _try in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_recovery_code_works_once_and_is_not_stored(cast: Cast) -> None:
    account = person(cast, "auditor")
    codes = commands.renew_recovery_codes(own_actor(account), password=PASSWORD)
    assert len(set(codes)) == 10
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    client = Client()
    type_in(client, "auditor")
    assert client.post("/sign-in/code/", {"code": f" {codes[3].lower()} "})["Location"] == "/sign-in/post/"
    again = Client()
    type_in(again, "auditor")
    assert again.post("/sign-in/code/", {"code": codes[3]}).status_code == 422


def test_staff_without_a_second_factor_can_only_tie_one(cast: Cast) -> None:
    account = person(cast, "auditor", totp=False)
    client = Client()
    assert type_in(client, "auditor", next="/desk/?x=1")["Location"] == "/sign-in/second-factor/"
    for path in ("/desk/", "/search/", "/me/"):
        assert client.get(path).status_code == 302, path
    assert client.post("/sign-in/post/", {"post": cast.posts["auditor"].pk})["Location"] == "/sign-in/second-factor/"
    page = client.get("/sign-in/second-factor/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    plain = secret[1].replace(" ", "")
    assert plain not in str(dict(client.session)), "the session holds the secret sealed"
    assert client.post("/sign-in/second-factor/", {"code": "000000"}).status_code == 422
    page = client.post("/sign-in/second-factor/", {"code": pyotp.TOTP(plain).now()}).content.decode()
    assert len(re.findall(r"<code>([A-Z2-9]{4}-){5}[A-Z2-9]{4}</code>", page)) == 10
    assert client.get("/sign-in/post/")["Location"] == "/desk/?x=1"
    assert is_in(client)
    enter(system("test"))
    account.refresh_from_db()
    assert plain not in account.totp_secret
    assert second_factor.unseal(account.totp_secret, account.pk) == plain
    with pytest.raises(Exception, match="changed or belongs elsewhere"):
        second_factor.unseal(account.totp_secret, account.pk + 1)


def test_a_one_time_password_must_be_replaced(cast: Cast) -> None:
    account = person(cast, "auditor")
    Account.objects.filter(pk=account.pk).update(one_time=True)
    client = Client()
    type_in(client, "auditor")
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/sign-in/password/"
    refused = client.post("/sign-in/password/", {"old": PASSWORD, "new": "1234567890", "again": "1234567890"})
    assert refused.status_code == 422
    fresh = "a calm river in spring"
    answer = client.post("/sign-in/password/", {"old": PASSWORD, "new": fresh, "again": fresh})
    assert answer["Location"] == "/sign-in/post/"
    client.get("/sign-in/post/")
    assert is_in(client)
    enter(system("test"))
    account.refresh_from_db()
    assert not account.one_time
    assert account.check_password(fresh)


def test_a_one_time_password_ends_after_three_days(cast: Cast) -> None:
    account = person(cast, "auditor")
    Account.objects.filter(pk=account.pk).update(one_time=True, password_at=now() - timedelta(hours=73))
    assert type_in(Client(), "auditor").status_code == 422


def test_several_posts_are_chosen_from_and_switched(cast: Cast) -> None:
    account = person(cast, "auditor")
    other = Post.objects.create(
        account=account, role="policy_editor", organisation=cast.organisations["committee"], starts=date(2020, 1, 1)
    )
    client = Client()
    page = sign_in(client, "auditor").content.decode()
    assert "审计员" in page
    assert "政策管理员" in page
    client.post("/sign-in/post/", {"post": other.pk})
    page = client.get("/desk/").content.decode()
    assert "切换岗位" in page
    before = client.cookies["linli"].value
    assert client.post("/post/", {"post": cast.posts["auditor"].pk}).status_code == 302
    assert client.cookies["linli"].value != before, "the session is renewed with the post"
    assert client.session["post"] == cast.posts["auditor"].pk
    assert client.post("/post/", {"post": cast.posts["leader"].pk}).status_code == 404, "only one's own posts"
    enter(system("test"))
    Post.objects.filter(pk=other.pk).update(ends=date(2021, 1, 1))
    assert "切换岗位" not in client.get("/desk/").content.decode()
    assert client.post("/post/", {"post": other.pk}).status_code == 404
    enter(system("test"))
    Post.objects.filter(pk=cast.posts["auditor"].pk).update(ends=date(2021, 1, 1))
    assert not is_in(client), "a post that ended opens nothing from the next request on"


def test_without_a_post_nobody_gets_in(cast: Cast) -> None:
    person(cast, "auditor")
    Post.objects.filter(pk=cast.posts["auditor"].pk).update(ends=date(2021, 1, 1))
    client = Client()
    assert "没有在任的岗位" in sign_in(client, "auditor").content.decode()
    assert not is_in(client)


def test_sessions_end_by_password_by_wish_and_by_time(cast: Cast) -> None:
    account = person(cast, "auditor")
    here, there = cast.client("auditor"), cast.client("auditor")
    assert is_in(there)
    enter(system("test"))
    commands.change_password(own_actor(account), old=PASSWORD, new="a calm river in spring")
    assert not is_in(there)
    enter(system("test"))
    cast.posts["auditor"].account.refresh_from_db()
    here, there = cast.client("auditor"), cast.client("auditor")
    commands.sign_out_everywhere(own_actor(account))
    assert not is_in(here)
    assert not is_in(there)
    cast.posts["auditor"].account.refresh_from_db()
    for key, seconds in ((SEEN_KEY, IDLE_SECONDS), (SINCE_KEY, LONGEST_SECONDS)):
        client = cast.client("auditor")
        assert is_in(client)
        session = client.session
        session[key] = int(time.time()) - seconds - 5
        session.save()
        assert not is_in(client), key


def test_signing_out_forgets_the_session(cast: Cast) -> None:
    client = cast.client("auditor")
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert answer["Location"] == "/sign-in/"
    assert "storage" in answer["Clear-Site-Data"]
    assert not is_in(client)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "desk"])
def test_no_other_site_is_led_to(cast: Cast, target: str) -> None:
    person(cast, "auditor")
    assert sign_in(Client(), "auditor", next=target)["Location"] == "/desk/"


def test_a_pending_sign_in_grows_old(cast: Cast) -> None:
    person(cast, "auditor")
    client = Client()
    type_in(client, "auditor")
    session = client.session
    session[sessions.PENDING_KEY] = session[sessions.PENDING_KEY] | {
        "at": int(time.time()) - sessions.PENDING_SECONDS - 1
    }
    session.save()
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/sign-in/"


def test_one_click_exists_only_in_the_demo_and_only_for_its_people(cast: Cast, settings: Any) -> None:
    post = cast.posts["auditor"]
    person(cast, "auditor", totp=False)
    Account.objects.filter(pk=post.account_id).update(demo=True)
    assert "一键登录" not in Client().get("/sign-in/").content.decode()
    assert Client().post("/sign-in/demo/", {"post": post.pk}).status_code == 404
    settings.DEMO = True
    page = Client().get("/sign-in/").content.decode()
    assert "一键登录" in page
    assert "沈计" in page
    assert "凌主任" not in page
    client = Client()
    assert client.post("/sign-in/demo/", {"post": post.pk}).status_code == 302
    assert is_in(client)
    assert Client().post("/sign-in/demo/", {"post": cast.posts["leader"].pk}).status_code == 404


def test_the_second_factor_is_left_out_for_demo_people_in_the_demo_alone(cast: Cast, settings: Any) -> None:
    account = person(cast, "auditor", totp=False)
    account.demo = True
    account.save()
    assert type_in(Client(), "auditor")["Location"] == "/sign-in/second-factor/"
    settings.DEMO = True
    assert type_in(Client(), "auditor")["Location"] == "/sign-in/post/"
    account.demo = False
    account.save()
    assert type_in(Client(), "auditor")["Location"] == "/sign-in/second-factor/"


@pytest.mark.parametrize(
    "typed", [{}, {"login": "a"}, {"login": "a\0b", "password": "x"}, {"login": "🙂" * 90, "password": "𠮷" * 400}]
)
def test_odd_input_gets_a_plain_answer(cast: Cast, typed: dict[str, str]) -> None:
    assert Client().post("/sign-in/", typed).status_code == 422
