"""Following a case: proof by number and code, plain progress, nothing of anybody else, and acts of the reporter."""

from datetime import timedelta

import pytest
from django.test import Client

from linli.base.clockwork import frozen
from linli.base.files.models import StoredFile
from linli.doors.portal import limits, proving
from linli.matters.cases import commands
from linli.matters.cases.models import Case
from linli.procedures.models import Entry, Proceeding
from tests.cast import MONDAY, Cast
from tests.doors.portal.conftest import WORDS, Resident, code_of, look, picture, problems


def track(client: Client, number: str, code: str) -> object:
    return client.post("/track/", {"number": number, "code": code})


def test_number_and_code_open_the_case_and_the_browser_remembers(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    other = Resident(cast)
    typed = f" {code_of(case).lower().replace('-', ' ')} "
    answer = track(other.client, f" {case.proceeding.number} ", typed)
    assert answer["Location"] == f"/case/{case.proceeding.number}/"
    page = other.see(case)
    assert "已经派给承办单位" in page
    assert WORDS in page
    assert "北大街北里社区居委会" in page
    assert case.proceeding.number in other.client.get("/mine/").content.decode()
    # The code was typed, not filed here: it is not shown to whoever holds the device next.
    assert code_of(case) not in page


def test_the_session_gets_a_new_name_when_it_may_see_more(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    other = Client()
    session = other.session
    session["planted"] = True
    session.save()
    other.cookies["linli"] = session.session_key
    track(other, case.proceeding.number, code_of(case))
    assert other.cookies["linli"].value != session.session_key


def test_a_wrong_code_gets_the_same_answer_whether_the_number_exists_or_not(resident: Resident) -> None:
    case = resident.file()
    known = track(Client(), case.proceeding.number, "0000-0000-0000")
    unknown = track(Client(), "11010600-2026-999999", "0000-0000-0000")
    assert known.status_code == unknown.status_code == 422
    assert problems(known) == problems(unknown)
    assert "编号或查询码不对" in problems(known)
    plain = (
        known.content.decode().replace(case.proceeding.number, "N"),
        unknown.content.decode().replace("11010600-2026-999999", "N"),
    )
    assert len(plain[0]) == len(plain[1])
    same = [Client().get(f"/case/{number}/") for number in (case.proceeding.number, "11010600-2026-999999")]
    assert [answer.status_code for answer in same] == [302, 302]
    assert all(answer["Location"].startswith("/track/?number=") for answer in same)


def test_wrong_codes_and_unknown_numbers_take_the_same_road(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements and one comparison of the code, so that time tells nothing."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from linli.matters.cases import rules

    case = resident.file()
    compared = []
    real = rules.same_code
    monkeypatch.setattr(rules, "same_code", lambda *given: compared.append(1) or real(*given))
    counts = []
    for number in (case.proceeding.number, "11010600-2026-999999"):
        with CaptureQueriesContext(connection) as seen:
            track(Client(), number, "0000-0000-0000")
        counts.append(
            [
                query["sql"].split("'")[0]
                for query in seen
                # not what a process reads again every five seconds, nor the counts it clears away now and then
                if any(table in query["sql"] for table in ("throttle_count", "procedures_proceeding", "cases_case"))
                and "SKIP LOCKED" not in query["sql"]
            ]
        )
    assert len(compared) == 2
    assert len(counts[0]) == len(counts[1]) > 1


def test_a_code_of_an_earlier_version_is_refused_like_any_wrong_one(resident: Resident) -> None:
    case = resident.file()
    old = code_of(case)
    Case.objects.filter(pk=case.pk).update(tracking_version=2)
    answer = track(Client(), case.proceeding.number, old)
    assert answer.status_code == 422
    assert "编号或查询码不对" in problems(answer)
    look()
    case.refresh_from_db()
    assert track(Client(), case.proceeding.number, code_of(case)).status_code == 302


def test_the_code_of_one_case_opens_no_other(resident: Resident) -> None:
    first, second = resident.file(text="第一件事"), resident.file(text="第二件事")
    assert track(Client(), second.proceeding.number, code_of(first)).status_code == 422


def test_guessing_from_one_address_is_stopped_and_the_answer_stays_constant(resident: Resident) -> None:
    case = resident.file()
    with frozen(MONDAY):
        for _turn in range(limits.WRONG_BY_ADDRESS.times):
            assert track(Client(), "11010600-2026-999999", "0000-0000-0000").status_code == 422
        stopped = track(Client(), case.proceeding.number, code_of(case))  # even the right one, from there, for a while
        assert stopped.status_code == 429
        assert int(stopped["Retry-After"]) <= limits.WRONG_BY_ADDRESS.seconds
        assert track(Client(REMOTE_ADDR="203.0.113.5"), case.proceeding.number, code_of(case)).status_code == 302
    with frozen(MONDAY + timedelta(seconds=limits.WRONG_BY_ADDRESS.seconds)):
        assert track(Client(), case.proceeding.number, code_of(case)).status_code == 302


def test_guessing_at_one_number_from_many_places_never_locks_its_reporter_out(resident: Resident) -> None:
    case = resident.file()
    number = case.proceeding.number
    with frozen(MONDAY):
        guesses = 0
        for host in range(1, 60):
            for _turn in range(4):
                answer = track(Client(REMOTE_ADDR=f"198.51.100.{host}"), number, "0000-0000-0000")
                guesses += answer.status_code == 422
        # Thirty for everybody together, then three a day for each address.
        assert guesses < limits.WRONG_BY_NUMBER.times + 60 * limits.WRONG_BY_BOTH.times
        assert track(Client(REMOTE_ADDR="198.51.100.59"), number, "0000-0000-0000").status_code == 429
        assert track(Client(REMOTE_ADDR="203.0.113.5"), number, code_of(case)).status_code == 302


def test_right_codes_are_never_counted(resident: Resident) -> None:
    case = resident.file()
    with frozen(MONDAY):
        for _turn in range(limits.WRONG_BY_ADDRESS.times + 3):
            assert track(Client(), case.proceeding.number, code_of(case)).status_code == 302


@pytest.mark.parametrize("typed", [("", ""), ("x" * 500, "y" * 500), ("编号\x00", "😭"), ("' OR 1=1 --", "%_")])
def test_nonsense_is_answered_calmly(cast: Cast, typed: tuple[str, str]) -> None:
    assert track(Client(), *typed).status_code == 422


def test_progress_shows_units_and_public_acts_only(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    look()
    commands.accept(cast.secretary, case.pk)
    commands.contact(cast.secretary, case.pk, reached=False, note="打 13987654321 没人接")
    commands.visit(cast.secretary, case.pk, note="到现场看过，物业电话 13900001111，身份证 110105194912310029")
    commands.hand(cast.secretary, case.pk, post=cast.posts["grid_worker"].pk, note="请小戈跟一下")
    commands.support(cast.secretary, case.pk, to=cast.organisations["city"].pk, note="请城管科配合，内部掌握")
    page = resident.see(case)
    assert "承办单位已签收" in page
    assert "没有联系上" in page
    assert "到现场看过" in page
    for hidden in ("13900001111", "13987654321", "110105194912310029", "请小戈跟一下", "内部掌握", "舒书记", "戈格"):
        assert hidden not in page


def test_the_reason_of_a_return_and_other_reporters_stay_inside(resident: Resident, cast: Cast) -> None:
    mine = resident.file(text="二号楼楼道灯也坏了")
    theirs = Resident(cast).file(text="楼道灯坏了，我是五零一的")
    look()
    commands.join(cast.dispatcher, mine.pk, with_case=theirs.pk)
    commands.return_(cast.secretary, mine.pk, ground="not_our_duty", note="内部理由不外传", materials="派单目录")
    page = resident.see(mine)
    assert "与附近同样的诉求一起办理" in page
    assert theirs.proceeding.number not in page
    assert "五零一" not in page
    assert "内部理由不外传" not in page
    assert "正在核定由谁来办" in page


def test_the_promised_date_and_why_it_changed(resident: Resident, cast: Cast) -> None:
    with frozen(MONDAY):
        case = resident.file()
        assert "最晚3月9日（周一）答复您" in resident.see(case)
        look()
        commands.accept(cast.secretary, case.pk)
        commands.extend(cast.secretary, case.pk, amount=3, note="灯具要订货")
        page = resident.see(case)
        assert "最晚3月12日（周四）答复您" in page
        assert "最初答应的是 3月9日（周一）" in page
        assert "延长 3 天：灯具要订货" in page
        look()
        commands.pause(cast.secretary, case.pk, reason="material_arrival", note="等灯具")
    with frozen(MONDAY + timedelta(days=2)):
        page = resident.see(case)
        assert "暂停期间不计时" in page
        assert "配件、材料已订购" in page
        look()
        commands.resume(cast.secretary, case.pk)
        # A day counts when the clock runs at its end: only 3 March did not.
        assert "最晚3月13日（周五）答复您" in resident.see(case)
    with frozen(MONDAY + timedelta(days=30)):
        assert "已经过了答应的时间" in resident.see(case)


def test_a_case_at_the_desk_says_when_it_will_be_dispatched(resident: Resident, cast: Cast) -> None:
    with frozen(MONDAY):
        held = resident.file(text="xyzzy 说不清是什么事情")
        look()
        row = Proceeding.objects.get(pk=held.pk)
        assert row.step == "filed"
        assert "会在3月2日（周一） 11:00前派给承办单位" in resident.see(held)


def test_photos_of_the_reporter_and_of_the_handling_are_shown_to_them_alone(resident: Resident, cast: Cast) -> None:
    from linli.base.files.commands import receive

    case = resident.file(photos=[picture()])
    look()
    commands.accept(cast.secretary, case.pk)
    photo = receive(cast.secretary, picture("修好.jpg"))
    commands.visit(cast.secretary, case.pk, note="修好了", files=[photo.pk])
    own = StoredFile.objects.exclude(pk=photo.pk).get()
    page = resident.see(case)
    for pk in (own.pk, photo.pk):
        assert f"/files/{pk}/thumbnail/" in page
        assert resident.client.get(f"/files/{pk}/").status_code == 200
        assert Client().get(f"/files/{pk}/").status_code == 404


def test_something_forgotten_is_added_with_photos(resident: Resident) -> None:
    case = resident.file()
    answer = resident.post(case, "supplement", note="补充：四楼的灯也不亮了😭", photos=[picture()])
    assert answer.status_code == 302
    page = resident.see(case)
    assert "四楼的灯也不亮了😭" in page
    assert "已经补充" in page
    look()
    entry = Entry.objects.get(proceeding_id=case.pk, act="supplement")
    assert len(entry.files) == 1
    assert StoredFile.objects.get(pk=entry.files[0]).owner_id == str(case.pk)


def test_the_same_supplement_sent_twice_is_one_entry(resident: Resident) -> None:
    case = resident.file()
    for _turn in range(2):
        assert resident.post(case, "supplement", note="再说一句", photos=[picture()], _nonce="once").status_code == 302
    look()
    assert Entry.objects.filter(proceeding_id=case.pk, act="supplement").count() == 1


def test_a_bad_supplement_keeps_words_and_good_photos(resident: Resident) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = resident.file()
    bad = SimpleUploadedFile("坏.jpg", b"no picture", "image/jpeg")
    answer = resident.post(case, "supplement", note="写了很久的一段话", photos=[picture(), bad])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "写了很久的一段话" in page
    assert page.count('name="kept"') == 1
    assert resident.post(case, "supplement", note="").status_code == 422


def test_a_lost_session_gives_back_what_was_typed_and_goes_on_with_the_code(resident: Resident) -> None:
    import re

    case = resident.file()
    lost = Resident(resident.cast)
    words = "半路丢了登录的一长段话。" * 20
    answer = lost.post(case, "supplement", note=words, photos=[picture()])
    page = answer.content.decode()
    assert answer.status_code == 403
    assert words in page
    assert "请再输一次查询码" in page
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    assert len(kept) == 1
    nonce = re.search(r'name="_nonce" value="([^"]+)"', page)[1]
    number = case.proceeding.number
    wrong = lost.client.post(
        f"/case/{number}/supplement/", {"number": number, "code": "0000", "note": words, "kept": kept}
    )
    assert wrong.status_code == 403
    assert words in wrong.content.decode()
    given = {"number": number, "code": code_of(case), "note": words, "kept": kept, "_nonce": nonce}
    assert lost.client.post(f"/case/{number}/supplement/", given).status_code == 302
    look()
    entry = Entry.objects.get(proceeding_id=case.pk, act="supplement")
    assert entry.note == words
    assert len(entry.files) == 1


def test_a_lost_session_says_the_same_of_a_case_that_does_not_exist(resident: Resident) -> None:
    case = resident.file()
    pages = []
    for number in (case.proceeding.number, "11010600-2026-999999"):
        answer = Client().post(f"/case/{number}/supplement/", {"note": "短"})
        assert answer.status_code == 403
        pages.append(answer.content.decode().replace(number, "N"))
    assert len(pages[0]) == len(pages[1])


def test_a_reminder_once_in_a_day(resident: Resident, cast: Cast) -> None:
    with frozen(MONDAY):
        case = resident.file()
        assert "催一催" in resident.see(case)
        assert resident.post(case, "remind").status_code == 302
        page = resident.see(case)
        assert "您催办了一次" in page
        assert "催一催" not in page
        resident.post(case, "remind")
        assert "您已经催办过" in resident.see(case)
    with frozen(MONDAY + timedelta(hours=24)):
        assert resident.post(case, "remind").status_code == 302
    look()
    assert Entry.objects.filter(proceeding_id=case.pk, act="remind").count() == 2


def test_taking_back_asks_first(resident: Resident) -> None:
    case = resident.file()
    number = case.proceeding.number
    asked = resident.client.get(f"/case/{number}/withdraw/")
    assert "要撤回这件诉求吗" in asked.content.decode()
    look()
    assert Proceeding.objects.get(pk=case.pk).closed_at is None
    assert resident.post(case, "withdraw", note="自己修好了").status_code == 302
    page = resident.see(case)
    assert "您撤回了这件诉求" in page
    assert "补充情况" not in page
    look()
    assert Proceeding.objects.get(pk=case.pk).result == "withdrawn"
    assert resident.client.get(f"/case/{number}/withdraw/").status_code == 302
    resident.post(case, "withdraw")
    assert "现在是“已结案”，不能撤回" in resident.see(case)


def test_a_stranger_can_do_nothing_to_a_case(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    stranger = Resident(cast)
    assert stranger.client.get(f"/case/{case.proceeding.number}/").status_code == 302
    for act in ("supplement", "remind", "confirm", "withdraw"):
        answer = stranger.post(case, act, note="我来捣乱", resolved="yes", satisfaction="satisfied")
        assert answer.status_code in (403, 404)
        assert WORDS not in answer.content.decode()
    look()
    assert Entry.objects.filter(proceeding_id=case.pk).count() == Proceeding.objects.get(pk=case.pk).entry_count == 2


def test_a_member_of_staff_sees_no_case_through_the_residents_door(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    assert cast.client("dispatcher").get(f"/case/{case.proceeding.number}/").status_code == 302


def test_pages_of_a_case_are_never_kept_or_found(resident: Resident) -> None:
    case = resident.file()
    answer = resident.client.get(f"/case/{case.proceeding.number}/")
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    # With no-referrer a browser would send `Origin: null`, and no form of the page could be sent any more.
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_proof_sees_more_than_its_asker_only_inside_itself(resident: Resident, cast: Cast) -> None:
    from django.test import RequestFactory

    from linli.base.actor import ANONYMOUS
    from linli.base.scope import scope

    case = resident.file()
    with scope(ANONYMOUS):
        assert proving.by_code(RequestFactory().post("/"), case.proceeding.number, code_of(case))[0] == case.pk
        assert not Proceeding.objects.exists()
