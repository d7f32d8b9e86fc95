"""The administrator's pages of an exchange, and the desk's pages of what goes out."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.channels.hotline import commands, tasks
from linli.doors.channels.hotline.models import Exchange, Letter, Secret
from linli.doors.channels.hotline.sending import attempt
from linli.matters.cases import commands as cases
from tests.cast import STREET, Cast
from tests.doors.channels.test_hotline import Wire, case_of, relayed
from tests.doors.hotlines import ADDRESS, Hotline, exchanged, hotline

NEW = {
    "name": "某市热线", "code": "city", "region_code": STREET, "transport": "webhook", "address": ADDRESS, "per_minute": "600",
}  # fmt: skip


@pytest.fixture
def city(cast: Cast) -> Hotline:
    return hotline(cast)


def test_an_exchange_is_set_up_by_its_pages_and_secrets_are_shown_once(cast: Cast) -> None:
    admin = cast.client("sysadmin")
    desk = str(cast.organisations["desk"].pk)
    assert (
        admin.post("/hotline/exchanges/new/", {**NEW, "organisation": desk, "address": "http://u:p@x/"}).status_code
        == 422
    )
    made = admin.post("/hotline/exchanges/new/", {**NEW, "organisation": desk})
    path = made["Location"]
    assert admin.post(f"{path}switch/", {"on": "1"}).status_code == 422, "not without secrets"
    shown = [admin.post(f"{path}secrets/", {"direction": way, "text": ""}) for way in ("in", "out")]
    secrets = [re.search(r"whsec_[A-Za-z0-9+/=]+", one.content.decode()) for one in shown]
    assert all(secrets) and all(one["Cache-Control"] == "no-store" for one in shown)
    page = admin.get(path).content.decode()
    assert "whsec_" not in page and "/intake/hotline/in/city/" in page
    assert all(one and one[0][-4:] in page for one in secrets)
    assert admin.post(f"{path}switch/", {"on": "1"}).status_code == 302
    assert admin.post(f"{path}ping/").status_code == 302
    enter(system("test"))
    exchange = Exchange.objects.get()
    assert exchange.active and exchange.code == "city"
    letter = Letter.objects.get()
    wire = Wire()
    attempt(letter.pk, wire)
    assert wire.calls[0][1]["type"] == "exchange.ping"
    assert "已送达" in admin.get(path).content.decode()
    assert admin.post(path, {**NEW, "name": "改名", "address": ""}).status_code == 422, "an open one keeps its address"
    assert admin.post(path, {**NEW, "name": "改名"}).status_code == 302
    enter(system("test"))
    first = Secret.objects.filter(direction="in").get()
    assert admin.post(f"{path}secrets/end/", {"secret": first.pk, "hours": "9999"}).status_code == 422
    assert admin.post(f"{path}secrets/end/", {"secret": first.pk, "hours": "1"}).status_code == 302
    assert admin.post(f"{path}switch/").status_code == 302
    listed = admin.get("/hotline/exchanges/").content.decode()
    assert "改名" in listed and "停用" in listed
    assert "没有符合条件" in admin.get("/hotline/exchanges/", {"q": "别的"}).content.decode()


def test_a_secret_of_the_other_side_is_taken_and_not_shown(cast: Cast, city: Hotline) -> None:
    theirs = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    answer = cast.client("sysadmin").post(
        f"/hotline/exchanges/{city.exchange.pk}/secrets/", {"direction": "in", "text": theirs}
    )
    assert answer.status_code == 200 and theirs not in answer.content.decode()
    city.secret = theirs
    assert city.create("A1").status_code == 200


def test_only_administrators_configure_and_only_the_desk_sees_letters(cast: Cast, city: Hotline) -> None:
    case_of(city, cast)
    key = Letter.objects.get().pk
    for path in ("/hotline/exchanges/", "/hotline/exchanges/new/", f"/hotline/exchanges/{city.exchange.pk}/"):
        assert cast.client("dispatcher").get(path).status_code == 404
        assert cast.client("sysadmin").get(path).status_code == 200
    for path in ("/hotline/letters/", f"/hotline/letters/{key}/", "/hotline/letters/export/"):
        assert cast.client("sysadmin").get(path).status_code == 404
        assert cast.client("neighbour").get(path).status_code == 404
        assert cast.client("dispatcher").get(path).status_code == 200


def test_the_dead_letter_desk_sees_why_and_sends_again_or_drops(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好，钥匙在门卫。")
    relayed()
    first, second = Letter.objects.order_by("id")
    Letter.objects.filter(pk=first.pk).update(state="dead", attempts=10, error="对方答 500：坏了")
    desk = cast.client("dispatcher")
    page = desk.get("/hotline/letters/", {"state": "dead"}).content.decode()
    assert "对方答 500：坏了" in page and "签收" in page and "钥匙" not in page
    assert "A1" in desk.get("/hotline/letters/", {"q": "A"}).content.decode()
    detail = desk.get(f"/hotline/letters/{first.pk}/").content.decode()
    assert "试了 10 次都没送到" in detail
    assert desk.post(f"/hotline/letters/{first.pk}/again/").status_code == 302
    enter(system("test"))
    outcome = attempt(first.pk, Wire())
    assert outcome is not None and outcome.state == "sent"
    assert desk.post(f"/hotline/letters/{first.pk}/again/").status_code == 409
    assert desk.post(f"/hotline/letters/{second.pk}/drop/", {"note": ""}).status_code == 422
    assert desk.post(f"/hotline/letters/{second.pk}/drop/", {"note": "电话已说"}).status_code == 302
    sheet = desk.get("/hotline/letters/export/").getvalue().decode()  # type: ignore[attr-defined]
    assert "电话已说" in sheet and "钥匙" not in sheet


def test_fifty_rows_cost_as_many_queries_as_one(cast: Cast, city: Hotline) -> None:
    exchanged_city, client = city, cast.client("dispatcher")
    case_of(exchanged_city, cast)

    def asked() -> int:
        client.get("/hotline/letters/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/hotline/letters/")
        enter(system("test"))
        return len(queries)

    before = asked()
    one = Letter.objects.get()
    Letter.objects.bulk_create(
        Letter(
            exchange=one.exchange, order=one.order, region_code=one.region_code, message_id=f"m{n}", type=one.type, seq=n,
            entry_seq=n, state="dead", next_at=one.next_at, created_at=one.created_at,
        )
        for n in range(100, 140)
    )  # fmt: skip
    assert asked() == before


def test_a_hotline_without_an_interface_gets_a_sheet_that_can_be_taken_again(cast: Cast, city: Hotline) -> None:
    commands.change(cast.sysadmin, city.exchange, name="某县", transport="sheet")
    enter(system("test"))
    commands.switch(cast.sysadmin, city.exchange, on=False)
    commands.change(cast.sysadmin, city.exchange, name="某县", transport="webhook", address=ADDRESS)
    commands.switch(cast.sysadmin, city.exchange, on=True)
    enter(system("test"))
    key = case_of(city, cast)
    commands.change(cast.sysadmin, city.exchange, name="某县", transport="sheet")
    cases.answer(cast.secretary, key, note="=灯已修好")
    relayed()
    for letter in Letter.objects.all():
        assert attempt(letter.pk, Wire()) is None, "what goes by sheet is not called"
    desk = cast.client("dispatcher")
    assert "导出待发消息" in desk.get("/hotline/letters/").content.decode()
    where = desk.post(f"/hotline/sheets/{city.exchange.pk}/")["Location"]
    for _time in range(2):
        text = desk.get(where).getvalue().decode()  # type: ignore[attr-defined]
        assert text.count("\r\n") == 3 and "A1" in text and "签收" in text and "'=灯已修好" in text
    assert desk.post(f"/hotline/sheets/{city.exchange.pk}/")["Location"] == "/hotline/letters/", "nothing is left"
    enter(system("test"))
    assert set(Letter.objects.values_list("state", "batch")) == {("sent", 1)}
    assert desk.get(f"/hotline/sheets/{city.exchange.pk}/99/").status_code == 404


def test_a_job_of_a_letter_that_is_gone_does_nothing(cast: Cast) -> None:
    tasks.send(987654)
    exchanged(cast)


def test_the_demo_shows_an_exchange_that_is_switched_off(cast: Cast) -> None:
    from linli.doors.demo import hotline as demo
    from linli.people.accounts.queries import demo_posts

    demo.load(system("demo"))
    exchange = Exchange.objects.select_related("post__account").get()
    assert not exchange.active and exchange.post.account.demo
    assert exchange.post not in demo_posts(), "nobody is offered to sign in as the hotline"
    city = Hotline(exchange, "whsec_" + "QUJD" * 12, "")
    assert city.post(b"{}", code=demo.CODE).status_code == 401
