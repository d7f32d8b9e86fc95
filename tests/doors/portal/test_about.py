"""What this browser knows, forgetting it, and the privacy page."""

from tests.cast import Cast
from tests.doors.portal.conftest import Resident


def test_an_empty_list_says_what_to_do(resident: Resident) -> None:
    page = resident.client.get("/mine/").content.decode()
    assert "这台设备上还没有诉求" in page
    assert 'href="/track/"' in page


def test_the_list_holds_what_this_browser_knows(resident: Resident, cast: Cast) -> None:
    first, second = resident.file(text="第一件事情"), resident.file(text="第二件事情")
    other = Resident(cast).file(text="别人的事情")
    page = resident.client.get("/mine/").content.decode()
    assert page.index(second.proceeding.number) < page.index(first.proceeding.number)
    assert other.proceeding.number not in page
    assert "我的诉求" in resident.client.get("/").content.decode()


def test_a_shared_device_forgets(resident: Resident) -> None:
    case = resident.file()
    answer = resident.client.post("/forget/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert case.proceeding.number not in resident.client.get("/mine/").content.decode()
    assert resident.client.get(f"/case/{case.proceeding.number}/").status_code == 302
    assert resident.client.get(f"/receipt/{case.proceeding.number}/").status_code == 302


def test_forgetting_does_not_sign_staff_out(cast: Cast) -> None:
    staff = Resident(cast, client=cast.client("dispatcher"))
    case = staff.file()
    staff.client.post("/forget/")
    assert staff.client.get(f"/case/{case.proceeding.number}/").status_code == 302
    assert staff.client.session.get("post") == cast.posts["dispatcher"].pk


def test_forgetting_is_no_matter_of_a_link(resident: Resident) -> None:
    assert resident.client.get("/forget/").status_code == 405


def test_the_privacy_page_says_what_why_how_long_and_whom_to_ask(resident: Resident) -> None:
    page = resident.client.get("/privacy/").content.decode()
    for words in ("不记录手机的位置", "存多久", "12345", "投诉", "谁看过"):
        assert words in page
