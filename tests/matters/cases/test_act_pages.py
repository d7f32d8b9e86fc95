"""Performing acts from the pages: each form reaches its command, refusals stand beside their field, nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.cases.forms import ACT_FORMS
from linli.procedures.models import Entry, Proceeding
from tests.cast import Cast
from tests.doors.hotlines import city_decides
from tests.matters.cases.stories import answered, dispatched, filed, handling, proceeding


def post(client: Client, row: Proceeding, act: str, **given: Any) -> Any:
    given.setdefault("seen", row.entry_count)
    return client.post(f"/cases/{row.number}/act/{act}/", given)


def paused(cast: Cast) -> Proceeding:
    row = handling(cast)
    commands.pause(cast.secretary, row.pk, reason="weather", note="暴雨")
    return proceeding(row.pk)


def returned(cast: Cast) -> Proceeding:
    row = dispatched(cast)
    commands.return_(cast.secretary, row.pk, ground="not_our_duty", note="不归我管", materials="派单目录")
    return proceeding(row.pk)


def disputed(cast: Cast) -> Proceeding:
    row = dispatched(cast)
    commands.dispute(cast.secretary, row.pk, ground="not_our_duty", note="不归我管")
    return proceeding(row.pk)


def invited(cast: Cast) -> Proceeding:
    row = disputed(cast)
    commands.invite(cast.dispatcher, row.pk, to=cast.organisations["city"].pk)
    return proceeding(row.pk)


def hung_up(cast: Cast) -> Proceeding:
    row = handling(cast)
    until = now().date() + timedelta(days=40)
    commands.hang_up(cast.secretary, row.pk, reason="funds", promise="列入明年计划", until=until, note="要等资金")
    return proceeding(row.pk)


def asked_out(cast: Cast) -> Proceeding:
    row = answered(cast)
    commands.ask_exemption(cast.secretary, row.pk, reason="proceedings", note="已起诉", materials="受理通知书")
    return proceeding(row.pk)


def from_the_city(cast: Cast) -> Proceeding:
    city_decides("extension")
    return handling(cast, channel="hotline", foreign_source="city", foreign_number="A1")


def difficult(cast: Cast) -> Proceeding:
    row = handling(cast)
    commands.mark_difficult(cast.leader, row.pk, note="产权不清")
    return proceeding(row.pk)


def second(cast: Cast) -> Proceeding:
    row = answered(cast)
    commands.settle(cast.call_taker, row.pk, resolved=False, satisfaction="dissatisfied", reason="又坏了")
    return proceeding(row.pk)


def supporting(cast: Cast) -> Proceeding:
    row = handling(cast)
    commands.support(cast.secretary, row.pk, to=cast.organisations["property"].pk, note="请修")
    return proceeding(row.pk)


Given = Callable[[Cast], dict[str, Any]]


def plain(**given: Any) -> Given:
    return lambda cast: given


# act -> (a case at the right step, who, what is filled in, the act that stands in the record, the step afterwards)
ACTS: dict[str, tuple[Callable[[Cast], Proceeding], str, Given, str, str]] = {
    "accept": (dispatched, "secretary", plain(), "accept", "handling"),
    "return": (
        dispatched,
        "secretary",
        plain(ground="not_our_area", note="在隔壁社区", materials="社区边界图"),
        "return",
        "returned",
    ),
    "dispute": (dispatched, "secretary", plain(ground="not_our_duty", note="有异议"), "dispute", "deliberating"),
    "hand": (
        handling,
        "secretary",
        lambda c: {"post": c.posts["grid_worker"].pk, "note": "去看看"},
        "hand",
        "handling",
    ),
    "contact": (handling, "secretary", plain(reached="no", channel="telephone"), "contact", "handling"),
    "visit": (handling, "secretary", plain(note="灯座坏了"), "visit", "handling"),
    "measure": (handling, "secretary", plain(note="已报修"), "measure", "handling"),
    "support": (
        handling,
        "secretary",
        lambda c: {"to": c.organisations["property"].pk, "note": "请修"},
        "support",
        "handling",
    ),
    "share": (
        handling,
        "secretary",
        lambda c: {"to": c.organisations["city"].pk, "note": "换灯杆", "waits": "on"},
        "share",
        "handling",
    ),
    "support_done": (supporting, "manager", plain(note="修好了"), "support_done", "handling"),
    "extend": (handling, "secretary", plain(amount="2", note="配件要从外地调"), "extend", "handling"),
    "ask_extension": (
        from_the_city,
        "secretary",
        plain(amount="2", note="配件要从外地调"),
        "ask_extension",
        "handling",
    ),
    "pause": (handling, "secretary", plain(reason="weather", note="暴雨"), "pause", "paused"),
    "resume": (paused, "secretary", plain(), "resume", "handling"),
    "answer": (handling, "secretary", plain(note="灯已换好"), "answer", "answered"),
    "supplement": (handling, "secretary", plain(note="三楼也坏了"), "supplement", "handling"),
    "dispatch": (filed, "dispatcher", lambda c: {"to": c.organisations["here"].pk}, "dispatch", "dispatched"),
    "redirect": (
        returned,
        "dispatcher",
        lambda c: {"to": c.organisations["city"].pk, "note": "归城管"},
        "redirect",
        "dispatched",
    ),
    "refuse_return": (returned, "dispatcher", plain(note="归你们"), "refuse_return", "dispatched"),
    "rule": (
        disputed,
        "dispatcher",
        lambda c: {"to": c.organisations["here"].pk, "clause": "other", "other": "目录三", "note": "归社区"},
        "rule",
        "dispatched",
    ),
    "convene": (returned, "dispatcher", plain(note="各执一词"), "convene", "deliberating"),
    "invite": (disputed, "dispatcher", lambda c: {"to": c.organisations["city"].pk}, "invite", "deliberating"),
    "speak": (invited, "clerk", plain(note="属社区事务", clause="regulation-14"), "speak", "deliberating"),
    "hang_up": (
        handling,
        "secretary",
        lambda c: {
            "reason": "funds",
            "promise": "列入明年改造计划",
            "until": (now().date() + timedelta(days=40)).isoformat(),
            "told": "telephone",
            "note": "资金明年才能到位",
        },
        "hang_up",
        "hung_up",
    ),
    "review_hang_up": (hung_up, "dispatcher", plain(note="资金已批一半"), "review_hang_up", "hung_up"),
    "lift": (hung_up, "secretary", plain(note="资金到位"), "lift", "handling"),
    "instruct": (handling, "leader", plain(note="周五前开现场会"), "instruct", "handling"),
    "mark_difficult": (handling, "leader", plain(note="产权不清"), "mark_difficult", "handling"),
    "clear_difficult": (difficult, "leader", plain(note="产权已明确"), "clear_difficult", "handling"),
    "look_back": (second, "leader", plain(result="not_resolved_yet", note="还不亮"), "look_back", "dispatched"),
    "supervise": (handling, "leader", plain(note="三天内办完"), "supervise", "handling"),
    "decline": (filed, "dispatcher", plain(reason="emergency", note="已转 110"), "decline", "declined"),
    "ask_exemption": (
        answered,
        "secretary",
        plain(reason="proceedings", note="已起诉", materials="受理通知书"),
        "ask_exemption",
        "answered",
    ),
    "grant_exemption": (asked_out, "leader", plain(note="同意"), "grant_exemption", "answered"),
    "refuse_exemption": (asked_out, "dispatcher", plain(note="材料不足"), "refuse_exemption", "answered"),
    "join": (handling, "dispatcher", lambda c: {"with_number": filed(c).number}, "join", "handling"),
    "reclassify": (filed, "dispatcher", plain(category="property.elevator"), "reclassify", "filed"),
    "remind": (handling, "dispatcher", plain(note="请抓紧"), "remind", "handling"),
    "callback": (answered, "call_taker", plain(reached="no", channel="telephone"), "callback", "answered"),
    "settle": (
        answered,
        "call_taker",
        plain(reachable="yes", resolved="yes", satisfaction="satisfied", channel="telephone"),
        "settle",
        "closed",
    ),
}


def test_every_form_is_tried() -> None:
    assert set(ACTS) == set(ACT_FORMS)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_from_its_form_stands_in_the_record(cast: Cast, act: str) -> None:
    story, who, given, recorded, step = ACTS[act]
    row = story(cast)
    answer = post(cast.client(who), row, act, **given(cast))
    assert answer.status_code == 302, unescape(answer.content.decode())[-3000:]
    assert answer["Location"] == f"/cases/{row.number}/"
    after = proceeding(row.pk)
    assert after.step == step
    last = Entry.objects.get(proceeding=row, seq=after.entry_count)
    assert last.act == recorded
    assert last.account_id == cast.posts[who].account_id


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_shown_in_place_and_refused_to_whoever_has_no_right_to_it(cast: Cast, act: str) -> None:
    story, who, given, _recorded, _step = ACTS[act]
    row = story(cast)
    content = cast.client(who).get(f"/cases/{row.number}/?act={act}").content.decode()
    assert f'action="/cases/{row.number}/act/{act}/"' in content
    assert 'name="_nonce"' in content
    assert f'name="seen" id="id_{act}_seen" value="{row.entry_count}"' in content
    # The leader sees the whole street and handles nothing but second rounds.
    own = {"instruct", "mark_difficult", "clear_difficult", "look_back"}
    if act not in {"rule", "remind", "supervise", "review_hang_up", "grant_exemption", "refuse_exemption", *own}:
        answer = post(cast.client("leader"), row, act, **given(cast))
        assert answer.status_code in (403, 404, 422), answer.status_code
        assert proceeding(row.pk).entry_count == row.entry_count
    assert post(cast.client("neighbour"), row, act, **given(cast)).status_code == 404
    assert proceeding(row.pk).entry_count == row.entry_count


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(cast: Cast) -> None:
    row = handling(cast)
    answer = post(cast.client("secretary"), row, "extend", amount="99", note="这段说明写了很久𠮷😀")
    content = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'id="id_extend_amount-error"' in content
    assert "累计延期不能超过 7" in content
    assert "这段说明写了很久𠮷😀" in content
    assert proceeding(row.pk).entry_count == row.entry_count


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("answer", {"note": ""}, "note"),
        ("answer", {"note": "字" * 2001}, "note"),
        ("answer", {"note": "有\x00字符"}, "note"),
        ("extend", {"amount": "两天", "note": "x"}, "amount"),
        ("extend", {"amount": "9" * 30, "note": "x"}, "amount"),
        ("extend", {"amount": "-1", "note": "x"}, "amount"),
        ("pause", {"reason": "lazy", "note": "x"}, "reason"),
        ("hand", {"post": "999999"}, "post"),
        ("support", {"to": "x", "note": "y"}, "to"),
        ("contact", {"reached": "maybe", "channel": "telephone"}, "reached"),
    ],
)
def test_bad_input_is_answered_beside_the_field(cast: Cast, act: str, given: dict[str, str], field: str) -> None:
    row = handling(cast)
    answer = post(cast.client("secretary"), row, act, **given)
    assert answer.status_code == 422
    assert f'id="id_{act}_{field}-error"' in answer.content.decode()
    assert proceeding(row.pk).entry_count == row.entry_count


def test_rare_characters_and_emoji_are_kept_as_they_were(cast: Cast) -> None:
    row = handling(cast)
    assert post(cast.client("secretary"), row, "measure", note="𠮷家电梯😀已修").status_code == 302
    enter(system("test"))
    assert Entry.objects.filter(proceeding=row, note="𠮷家电梯😀已修").exists()
    assert "𠮷家电梯😀已修" in cast.client("secretary").get(f"/cases/{row.number}/").content.decode()


def test_a_stale_form_shows_what_happened_meanwhile_and_can_be_sent_again(cast: Cast) -> None:
    row = handling(cast)
    commands.measure(cast.worker, row.pk, note="工人已到场")
    client = cast.client("secretary")
    answer = post(client, row, "answer", note="我写的答复")
    content = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "您打开以后有新的办理记录" in content
    assert "工人已到场" in content
    assert "我写的答复" in content
    now = proceeding(row.pk)
    assert now.step == "handling"
    assert f'value="{now.entry_count}"' in content
    assert post(client, now, "answer", note="我写的答复").status_code == 302


def test_a_step_that_is_no_longer_there_is_refused_in_words(cast: Cast) -> None:
    row = handling(cast)
    client = cast.client("secretary")
    commands.answer(cast.worker, row.pk, note="已答复")
    answer = post(client, proceeding(row.pk), "extend", amount="1", note="还想延期")
    content = unescape(answer.content.decode())
    assert answer.status_code in (403, 409)
    assert "还想延期" in content


def test_sending_twice_does_it_once(cast: Cast) -> None:
    row = handling(cast)
    client = cast.client("secretary")
    first = post(client, row, "measure", note="已报修", _nonce="one")
    second = post(client, row, "measure", note="已报修", _nonce="one")
    assert (first.status_code, second.status_code) == (302, 302)
    assert proceeding(row.pk).entry_count == row.entry_count + 1


def picture(name: str = "灯.jpg") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def test_photos_go_with_the_act_and_are_not_asked_for_again_after_a_refusal(cast: Cast) -> None:
    row = handling(cast)
    client = cast.client("secretary")
    commands.measure(cast.worker, row.pk, note="有人先动了")
    answer = post(client, row, "visit", note="现场", photos=[picture()])
    assert answer.status_code == 409
    enter(system("test"))
    kept = StoredFile.objects.get()
    assert kept.owner_kind == ""
    assert f'name="ticket" value="{kept.ticket}"' in answer.content.decode()
    answer = post(client, proceeding(row.pk), "visit", note="现场", ticket=kept.ticket)
    assert answer.status_code == 302
    enter(system("test"))
    kept.refresh_from_db()
    assert (kept.owner_kind, kept.owner_id) == ("case", str(row.pk))
    assert Entry.objects.filter(proceeding=row, act="visit").get().files == [kept.pk]
    assert f"/files/{kept.pk}/" in client.get(f"/cases/{row.number}/").content.decode()
    assert client.get(f"/files/{kept.pk}/").status_code == 200
    assert cast.client("neighbour").get(f"/files/{kept.pk}/").status_code == 404


def test_what_is_no_picture_is_refused_beside_the_field(cast: Cast) -> None:
    row = handling(cast)
    bad = SimpleUploadedFile("x.jpg", b"MZ not a picture", "image/jpeg")
    answer = post(cast.client("secretary"), row, "visit", note="现场情况写了很多", photos=[bad])
    content = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'id="id_visit_photos-error"' in content
    assert "现场情况写了很多" in content
    many = post(cast.client("secretary"), row, "visit", note="现场", photos=[picture(f"{n}.jpg") for n in range(10)])
    assert many.status_code == 422
    assert "最多 9 个文件" in many.content.decode()


def test_sending_photos_twice_leads_back_to_the_case(cast: Cast) -> None:
    row = handling(cast)
    client = cast.client("secretary")
    assert post(client, row, "visit", note="现场", photos=[picture()], _nonce="two").status_code == 302
    again = post(client, row, "visit", note="现场", photos=[picture()], _nonce="two")
    assert again.status_code == 302
    assert again["Location"] == f"/cases/{row.number}/"
    assert proceeding(row.pk).entry_count == row.entry_count + 1


def test_an_act_nobody_knows_does_not_exist(cast: Cast) -> None:
    row = handling(cast)
    for act in ("file", "withdraw", "nonsense", "reach"):
        assert post(cast.client("secretary"), row, act).status_code == 404
    assert cast.client("secretary").get(f"/cases/{row.number}/act/answer/").status_code == 405


def test_joining_what_is_out_of_scope_is_joining_what_does_not_exist(cast: Cast) -> None:
    row, other = handling(cast), filed(cast, there=True)
    for number in (other.number, "11010600-2026-999999", "胡写的"):
        answer = post(cast.client("secretary"), row, "join", with_number=number)
        assert answer.status_code == 422
        assert "没有找到这个编号" in unescape(answer.content.decode())


def test_an_unhappy_answer_from_the_form_opens_a_second_round(cast: Cast) -> None:
    row = answered(cast)
    client = cast.client("call_taker")
    facts = {
        "reachable": "yes",
        "resolved": "no",
        "satisfaction": "dissatisfied",
        "channel": "telephone",
        "again": "on",
    }
    refused = post(client, row, "settle", **facts)
    assert refused.status_code == 422
    assert 'id="id_settle_reason-error"' in refused.content.decode()
    assert post(client, row, "settle", **facts, reason="灯又坏了").status_code == 302
    after = proceeding(row.pk)
    assert (after.step, after.round) == ("dispatched", 2)
