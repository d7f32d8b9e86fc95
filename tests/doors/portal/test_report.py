"""Reporting without an account: the question, the page, the receipt, and everything that can be typed wrong."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands.models import AuditRow
from linli.base.crypto import Purpose
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.doors.portal import limits
from linli.matters.cases.models import Case
from tests.cast import GRID, HERE, MONDAY, POINT_THERE, Cast
from tests.doors.portal.conftest import WORDS, Resident, code_of, look, picture, problems


def test_the_first_screen_asks_one_question(resident: Resident) -> None:
    answer = resident.client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "您遇到了什么问题？" in page
    assert page.count("<textarea") == 1
    assert "tel:119" in page
    assert 'href="/track/"' in page


def test_the_question_leads_to_the_page_with_the_words(resident: Resident) -> None:
    answer = resident.client.post("/report/", {"do": "start", "text": WORDS})
    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    assert "请检查" not in answer.content.decode()  # nothing has been judged yet


def test_an_empty_question_is_asked_again(resident: Resident) -> None:
    answer = resident.client.post("/report/", {"do": "start", "text": "  \n "})
    assert answer.status_code == 422
    assert "请写下您遇到了什么问题。" in problems(answer)
    assert "请告诉我们在哪里" not in answer.content.decode()


def test_hints_follow_the_season(resident: Resident) -> None:
    from datetime import UTC, datetime

    with frozen(datetime(2026, 1, 15, tzinfo=UTC)):
        assert "暖气不热" in resident.client.get("/").content.decode()
    with frozen(datetime(2026, 7, 15, tzinfo=UTC)):
        page = resident.client.get("/").content.decode()
        assert "暖气不热" not in page
        assert "积水" in page


def test_a_case_is_filed_and_the_receipt_tells_everything(resident: Resident, cast: Cast) -> None:
    with frozen(MONDAY):
        case = resident.file(building=str(cast.building.pk), place_text="2单元门口")
        page = resident.client.get(f"/receipt/{case.proceeding.number}/").content.decode()
    assert case.text == WORDS
    assert case.channel == Case.Channel.WEB
    assert case.building_id == cast.building.pk
    assert case.place_text == "春光里小区3号楼 2单元门口"
    assert case.proceeding.region_code == GRID
    assert (
        case.reporter_phone.reveal(Purpose("test", "test", 1, frozenset({"cases.case.reporter_phone"})))
        == "13812345678"
    )
    assert case.proceeding.number in page
    assert code_of(case) in page
    assert "北大街北里社区居委会" in page
    assert "最晚3月9日（周一）答复您" in page
    assert "13812345678" not in page


def test_the_square_on_the_receipt_holds_the_code_only_behind_the_hash(resident: Resident) -> None:
    from linli.doors.portal.views import reporting

    case = resident.file()
    seen = []
    original = reporting._qr
    try:
        reporting._qr = lambda text: seen.append(text) or original(text)
        answer = resident.client.get(f"/receipt/{case.proceeding.number}/")
    finally:
        reporting._qr = original
    assert seen == [f"http://testserver/track/#{case.proceeding.number}/{code_of(case)}"]
    assert "?" not in seen[0]
    assert answer["Cache-Control"] == "no-store, private"


def test_an_anonymous_case_holds_no_name_and_no_number(resident: Resident) -> None:
    case = resident.file(contact="anonymous", phone="13812345678", name="张三")
    assert case.anonymous
    assert case.reporter_phone is None
    assert case.reporter_name is None
    assert case.phone_index is None


def test_without_script_the_place_is_found_by_a_button(resident: Resident, cast: Cast) -> None:
    answer = resident.client.post("/report/", {"do": "find", "text": WORDS, "place_q": "春光", "phone": "138"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="c:{cast.compound.pk}"' in page
    assert WORDS in page
    assert 'value="138"' in page
    assert "请检查" not in page


def test_places_are_found_by_compound_and_by_community(resident: Resident, cast: Cast) -> None:
    page = resident.client.get("/report/place/", {"place_q": "北里"}).content.decode()
    assert f'value="r:{HERE}"' in page
    page = resident.client.get("/report/place/", {"place_q": "没有这个地方"}).content.decode()
    assert "没有找到" in page
    assert resident.client.get("/report/place/", {"place_q": "%_'"}).status_code == 200
    page = resident.client.get("/report/building/", {"place": f"c:{cast.compound.pk}"}).content.decode()
    assert "3号楼" in page
    assert (
        "3号楼" not in resident.client.get("/report/building/", {"place": "c:999999999999999999999"}).content.decode()
    )


def test_the_map_shows_the_only_sub_district_at_once(resident: Resident) -> None:
    page = resident.client.get("/report/map/").content.decode()
    assert "within=110106009" in page
    assert 'name="longitude"' in page


def test_a_point_on_the_map_is_enough(resident: Resident) -> None:
    case = resident.file(place=None, longitude=str(POINT_THERE[0]), latitude=str(POINT_THERE[1]))
    assert case.proceeding.region_code == "110106009009001"
    assert (case.longitude, case.latitude) == POINT_THERE


def test_a_community_from_the_list_is_enough(resident: Resident) -> None:
    assert resident.file(place=None, region_code=HERE).proceeding.region_code == HERE


def test_a_community_found_by_name_is_enough(resident: Resident) -> None:
    assert resident.file(place=f"r:{HERE}").proceeding.region_code == HERE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": ""}, "请写下您遇到了什么问题。"),
        ({"text": "!!!???"}, "请用文字说明"),
        ({"text": "长" * 5001}, "最多写 5000 个字，现在有 5001 个"),
        ({"phone": "12345678901234"}, "电话号码不对"),
        ({"phone": ""}, "请填联系电话"),
        ({"contact": "someone"}, "请选择留电话还是匿名"),
        ({"place": None}, "请告诉我们在哪里"),
        ({"place": "c:404"}, "没有找到这个小区"),
        ({"place": "c:1; DROP"}, "没有找到这个小区"),
        ({"place": "c:" + "9" * 30}, "没有找到这个小区"),
        ({"building": "404"}, "没有找到这栋楼"),
        ({"place": None, "longitude": "39.855", "latitude": "116.275"}, "写反了"),
        ({"place": None, "longitude": "2.35", "latitude": "48.85"}, "不在本平台的辖区内"),
        ({"place": None, "longitude": "116.275"}, "经度和纬度要一起给"),
        ({"place": None, "longitude": "nan", "latitude": "inf"}, "重新点一下"),
        ({"place": None, "longitude": "东经", "latitude": "北纬"}, "重新点一下"),
        ({"place": None, "region_code": "990000000000"}, "没有找到这个街道"),
        ({"place_text": "门" * 201}, "最多 200 个字"),
        ({"name": "名" * 41}, "最多 40 个字"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    resident: Resident, given: dict[str, str | None], said: str
) -> None:
    answer = resident.send(**{"text": WORDS, "place_text": "南门外", **given})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in problems(answer)
    for name, value in {"text": WORDS, "place_text": "南门外", **given}.items():
        if name in ("text", "place_text", "name", "phone") and value:
            assert value in page
    look()
    assert not Case.objects.exists()


def test_every_mistake_is_told_at_once(resident: Resident) -> None:
    said = problems(resident.send(text="", phone="1", place=None))
    assert "请写下" in said
    assert "电话号码不对" in said
    assert "请告诉我们在哪里" in said


@pytest.mark.parametrize("words", ["𠮷野家门口的井盖不见了", "楼道漏水😭🚿，帮帮我们", "ปัญหา 问题 ñ ‮反向"])
def test_rare_characters_are_kept_as_they_were(resident: Resident, words: str) -> None:
    assert resident.file(text=words).text == words


def test_a_nul_is_dropped_and_the_words_are_kept(resident: Resident) -> None:
    assert resident.file(text="楼道\x00灯坏了\x07很久", place_text="门\x00口").text == "楼道灯坏了很久"


def test_five_thousand_rare_characters_are_not_too_long(resident: Resident) -> None:
    assert len(resident.file(text="𠮷" * 5000).text) == 5000


def test_line_breaks_of_a_browser_do_not_count_twice(resident: Resident) -> None:
    assert resident.file(text="一\r\n" * 2499 + "完").text.count("\n") == 2499


def test_an_emergency_is_told_to_call_first_and_may_still_be_filed(resident: Resident) -> None:
    answer = resident.send(text="三楼着火了，有人受伤")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="tel:119"' in page
    assert 'href="tel:120"' in page
    look()
    assert not Case.objects.exists()
    case = resident.file(text="三楼着火了，有人受伤", told=["119", "120"])
    assert 'href="tel:119"' in resident.client.get(f"/receipt/{case.proceeding.number}/").content.decode()


def test_the_same_form_sent_twice_is_one_case(resident: Resident) -> None:
    first = resident.send(_nonce="once")
    second = resident.send(_nonce="once")
    assert first["Location"] == second["Location"]
    look()
    assert Case.objects.count() == 1


def test_the_same_form_with_photos_sent_twice_from_a_lost_session_is_one_case(resident: Resident, cast: Cast) -> None:
    first = resident.send(_nonce="once", photos=[picture()])
    second = Resident(cast).send(_nonce="once", photos=[picture()])
    assert first["Location"] == second["Location"]
    look()
    assert Case.objects.count() == 1


def test_the_same_form_with_other_words_is_not_swallowed(resident: Resident) -> None:
    first = resident.send(_nonce="once")
    second = resident.send(_nonce="once", text="还有一件事：电梯也坏了")
    assert second.status_code == 409
    page = second.content.decode()
    assert first["Location"].split("/")[2] in page
    assert "还有一件事：电梯也坏了" in page
    look()
    assert Case.objects.count() == 1
    assert resident.send(_nonce="fresh", text="还有一件事：电梯也坏了").status_code == 302


def test_a_resident_is_written_into_the_audit_without_any_name(resident: Resident) -> None:
    case = resident.file()
    row = AuditRow.objects.get(command="cases.file")
    assert (row.actor_kind, row.account_id) == ("resident", None)
    assert "138" not in str(row.detail)
    assert case.proceeding.number in str(row.detail)


def test_staff_who_report_at_the_residents_door_are_residents(cast: Cast) -> None:
    staff = Resident(cast, client=cast.client("dispatcher"))
    staff.file()
    assert AuditRow.objects.get(command="cases.file").actor_kind == "resident"


def test_photos_go_with_the_case(resident: Resident) -> None:
    case = resident.file(photos=[picture("一.jpg"), picture("二.jpg", colour="blue")])
    files = StoredFile.objects.filter(owner_kind="case", owner_id=str(case.pk))
    assert [file.name for file in files] == [f"照片-{file.pk}.jpg" for file in files]
    assert files.count() == 2


def test_photos_wait_while_a_mistake_is_mended(resident: Resident) -> None:
    import re

    answer = resident.send(phone="1", photos=[picture()])
    page = answer.content.decode()
    tickets = re.findall(r'name="kept" value="([^"]+)"', page)
    assert len(tickets) == 1
    assert "data:image/jpeg;base64," in page
    case = resident.file(kept=tickets)
    assert StoredFile.objects.filter(owner_id=str(case.pk)).count() == 1


def test_the_photo_of_another_case_cannot_be_taken_along(resident: Resident, cast: Cast) -> None:
    first = resident.file(photos=[picture()])
    ticket = StoredFile.objects.get(owner_id=str(first.pk)).ticket
    second = Resident(cast).file(kept=[ticket])
    assert not StoredFile.objects.filter(owner_id=str(second.pk)).exists()


def _bomb() -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("1", (30000, 30000)).save(held, "PNG")
    return SimpleUploadedFile("大图.png", held.getvalue(), "image/png")


def _zip_bomb() -> SimpleUploadedFile:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 20_000_000)
    return SimpleUploadedFile("照片.jpg", held.getvalue(), "image/jpeg")


def _polyglot() -> SimpleUploadedFile:
    """A photo that is a page and an archive too."""
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(held, "JPEG", comment=b"<script>alert(1)</script>")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inner:
        inner.writestr("x.html", "<script>alert(2)</script>")
    return SimpleUploadedFile("两用.jpg", held.getvalue() + archive.getvalue(), "image/jpeg")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_bomb, "太大了"),
        (_zip_bomb, "只能上传照片"),
        (
            lambda: SimpleUploadedFile("页.jpg", b"<html><script>alert(1)</script></html>" * 9, "image/jpeg"),
            "只能上传照片",
        ),
        (lambda: SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 400, "image/jpeg"), "打不开"),
        (lambda: SimpleUploadedFile("空.jpg", b"", "image/jpeg"), "空的"),
        (lambda: SimpleUploadedFile("大.jpg", b"\xff\xd8\xff" + b"\0" * (60 * 1024 * 1024), "image/jpeg"), "上限"),
        (lambda: SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n", "application/pdf"), "不是照片"),
    ],
    ids=["pixels", "zip", "html", "broken", "empty", "60 MB", "document"],
)
def test_a_bad_photo_is_named_and_everything_else_is_kept(resident: Resident, make: object, said: str) -> None:
    answer = resident.send(photos=[picture(), make()])  # type: ignore[operator]
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in problems(answer)
    assert page.count('name="kept"') == 1
    assert WORDS in page
    look()
    assert not Case.objects.exists()


def test_a_polyglot_becomes_a_plain_picture(resident: Resident) -> None:
    from linli.base.files import store

    case = resident.file(photos=[_polyglot()])
    content = store.get(StoredFile.objects.get(owner_id=str(case.pk)).sha256)
    assert b"script" not in content
    assert b"PK\x03\x04" not in content


def test_a_seventh_photo_is_told_and_six_are_kept(resident: Resident) -> None:
    answer = resident.send(photos=[picture(f"{n}.jpg", colour=f"#{n}{n}{n}") for n in range(1, 8)])
    assert answer.status_code == 422
    assert "最多 6 张" in problems(answer)
    assert answer.content.decode().count('name="kept"') == 6


def test_too_many_reports_from_one_place_wait_and_lose_nothing(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.base.throttle import Limit

    monkeypatch.setattr(limits, "FILE", Limit("portal.file", times=2, seconds=3600))
    with frozen(MONDAY):
        resident.file(text="第一件事")
        resident.file(text="第二件事")
        answer = resident.send(text="第三件事")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "3600"
    assert "第三件事" in answer.content.decode()
    look()
    assert Case.objects.count() == 2
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    resident.client = elsewhere
    with frozen(MONDAY):
        assert resident.send(text="第三件事").status_code == 302


def test_a_forged_address_header_buys_no_new_tries(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.base.throttle import Limit

    monkeypatch.setattr(limits, "FILE", Limit("portal.file", times=1, seconds=3600))
    with frozen(MONDAY):
        resident.file(text="第一件事")
        resident.client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        assert resident.send(text="第二件事").status_code == 429


def test_the_receipt_is_shown_only_to_the_browser_that_filed(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    stranger = Resident(cast).client.get(f"/receipt/{case.proceeding.number}/")
    assert stranger.status_code == 302
    assert stranger["Location"] == f"/track/?number={case.proceeding.number}"
    nothing = Resident(cast).client.get("/receipt/11010600-2026-999999/")
    assert nothing["Location"] == "/track/?number=11010600-2026-999999"


def test_looking_at_pages_writes_nothing(resident: Resident) -> None:
    enter(system("test"))
    before = AuditRow.objects.count()
    for path in ("/", "/report/", "/report/place/?place_q=春", "/report/map/", "/track/", "/mine/", "/privacy/"):
        assert resident.client.get(path).status_code == 200
    look()
    assert AuditRow.objects.count() == before


def test_two_copies_that_overtake_each_other_are_one_case(
    resident: Resident, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second copy has looked for an earlier answer before the first was stored; its photos are other files."""
    from linli.doors.portal.submitting import Sending

    first = resident.send(_nonce="once", photos=[picture()])
    answers = [(None, None)]
    real = Sending.answers
    monkeypatch.setattr(Sending, "answers", lambda self: answers.pop() if answers else real(self))
    second = Resident(cast).send(_nonce="once", photos=[picture()])
    assert second["Location"] == first["Location"]
    look()
    assert Case.objects.count() == 1
