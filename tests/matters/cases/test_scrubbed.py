"""No telephone number that somebody wrote into free text stands on a page, whatever box it was written into."""

from linli.matters.cases import commands
from linli.matters.cases.models import Case
from tests.cast import Cast
from tests.matters.cases.stories import answered, filed, handling

NUMBER = "13912345678"


def seen(cast: Cast, who: str, address: str) -> str:
    answer = cast.client(who).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_number_in_the_place_is_masked_wherever_the_place_is_shown(cast: Cast) -> None:
    row = filed(cast, place_text=f"3号楼门口，电话{NUMBER}")
    assert Case.objects.get(pk=row.pk).place_text == "3号楼门口，电话139****5678"
    for address in ("/cases/?tab=open", f"/cases/{row.number}/", f"/search/?q={row.number}"):
        page = cast.client("dispatcher").get(address, follow=True).content.decode()
        assert row.number in page, address
        assert NUMBER not in page, address


def test_what_the_reporter_said_at_the_call_back_is_scrubbed(cast: Cast) -> None:
    row = answered(cast)
    reason = f"没修好，找我儿子{NUMBER}"
    commands.settle(cast.call_taker, row.pk, resolved=False, satisfaction="dissatisfied", reason=reason)
    for who in ("dispatcher", "secretary"):
        page = seen(cast, who, f"/cases/{row.number}/")
        assert "没修好" in page
        assert NUMBER not in page
    assert NUMBER not in seen(cast, "dispatcher", f"/procedures/of/{row.number}/record/")


def test_a_ruling_shown_as_a_precedent_tells_no_number(cast: Cast) -> None:
    first, second = (handling(cast, category="property.elevator").pk for _ in range(2))
    commands.return_(cast.secretary, first, ground="not_our_duty", note="不归我们", materials="派单目录")
    commands.refuse_return(cast.dispatcher, first, note="归")
    commands.dispute(cast.secretary, first, ground="not_our_duty", note="不归我们")
    here = cast.organisations["here"].pk
    commands.rule(cast.dispatcher, first, to=here, clause="第三条", note=f"由社区办，详询{NUMBER}")
    number = Case.objects.select_related("proceeding").get(pk=second).proceeding.number
    page = seen(cast, "secretary", f"/cases/{number}/")
    assert "由社区办" in page
    assert NUMBER not in page


def test_acts_that_would_be_refused_are_not_offered(cast: Cast) -> None:
    """The desk does not settle a complaint about itself."""
    row = answered(cast, about_id=cast.organisations["desk"].pk)
    page = seen(cast, "dispatcher", f"/cases/{row.number}/")
    assert f"/cases/{row.number}/act/settle/" not in page
    other = answered(cast)
    assert f"/cases/{other.number}/act/settle/" in seen(cast, "dispatcher", f"/cases/{other.number}/")
