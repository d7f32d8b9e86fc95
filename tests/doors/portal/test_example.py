"""After a case is settled as solved its reporter is asked on the page whether it may be shown as an example."""

from linli.insight.openness import commands as openness
from linli.insight.openness.models import Example, PublicConsent
from linli.matters.prevention.queries import today
from tests.cast import Cast
from tests.doors.portal.conftest import Resident, answer_case, look

ASKED = "可以作为例子给大家看吗？"


def solved(resident: Resident, cast: Cast, resolved: str = "yes"):
    case = resident.file()
    answer_case(cast, case)
    assert ASKED not in resident.see(case), "not before it is settled"
    happy = (
        {"satisfaction": "satisfied"}
        if resolved == "yes"
        else {"satisfaction": "dissatisfied", "reason": "x", "again": "no"}
    )
    assert resident.post(case, "confirm", resolved=resolved, **happy).status_code == 302
    return case


def example_of(cast: Cast, case) -> Example:
    look()
    return openness.write(
        cast.secretary, case.pk, title="灯亮了", raised="夜里太黑。", done="当天换了灯头。", consent="page", consented_on=today()
    )  # fmt: skip


def test_asked_agreed_shown_and_taken_back(resident: Resident, cast: Cast) -> None:
    case = solved(resident, cast)
    page = resident.see(case)
    assert ASKED in page and "不写：您的姓名、电话、门牌号" in page and "可以公开" in page and "不公开" in page
    assert resident.post(case, "example", agreed="yes").status_code == 302
    page = resident.see(case)
    assert "您同意公开" in page and "还没有写" in page and "不再公开" in page
    told = example_of(cast, case)
    page = resident.see(case)
    assert "还在审核" in page and "当天换了灯头。" in page, "what will be shown is shown first to the one who agreed"
    look()
    openness.approve(cast.leader, told.pk)
    assert "现在大家能看到的是" in resident.see(case)
    assert "当天换了灯头。" in cast.client().get("/open/examples/").content.decode()
    assert resident.post(case, "example", agreed="no").status_code == 302
    assert "您说不公开" in resident.see(case)
    assert "当天换了灯头。" not in cast.client().get("/open/examples/").content.decode()
    look()
    assert list(PublicConsent.objects.order_by("id").values_list("agreed", flat=True)) == [True, False]


def test_a_no_can_become_a_yes(resident: Resident, cast: Cast) -> None:
    case = solved(resident, cast)
    resident.post(case, "example", agreed="no")
    page = resident.see(case)
    assert "不会公开" in page and "可以公开" in page
    resident.post(case, "example", agreed="yes")
    assert "您同意公开" in resident.see(case)


def test_what_staff_noted_is_shown_and_can_be_taken_back(resident: Resident, cast: Cast) -> None:
    case = solved(resident, cast)
    look()
    openness.write(
        cast.secretary,
        case.pk,
        title="灯亮了",
        raised="夜里太黑。",
        done="换了灯头。",
        consent="telephone",
        consented_on=today(),
    )
    page = resident.see(case)
    assert "电话里同意" in page and "换了灯头。" in page
    resident.post(case, "example", agreed="no")
    look()
    assert Example.objects.get().state == "withdrawn"


def test_what_was_not_solved_is_not_asked_about(resident: Resident, cast: Cast) -> None:
    case = solved(resident, cast, resolved="no")
    assert ASKED not in resident.see(case)
    assert resident.post(case, "example", agreed="yes").status_code == 302
    assert "才会作为例子" in resident.see(case)
    look()
    assert not PublicConsent.objects.exists()


def test_nonsense_and_strangers_change_nothing(resident: Resident, cast: Cast) -> None:
    case = solved(resident, cast)
    assert resident.post(case, "example", agreed="maybe").status_code == 302
    stranger = Resident(cast)
    assert stranger.post(case, "example", agreed="yes").status_code == 403
    look()
    assert not PublicConsent.objects.exists()
