"""A disputed return: parties heard, ruled by a clause, never returned again, quoted at the next similar case. And the duty list."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.policies import registry
from linli.base.scope import enter
from linli.matters.cases import commands, duties, precedents
from linli.matters.cases.models import Precedent
from linli.procedures.models import Entry, Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import dispatched, filed, proceeding

TEXT = "三号楼一层餐馆排风机整夜轰鸣，吵得睡不着。"


def ruled(cast: Cast, category: str = "noise.social") -> Proceeding:
    """Community A disputes, the city department is heard, and the desk rules that the department leads."""
    row = dispatched(cast, text=TEXT, category=category)
    commands.return_(cast.secretary, row.pk, ground="other_authority", note="归城管", materials="派单目录第九条")
    commands.convene(cast.dispatcher, row.pk, note="两家各执一词")
    commands.invite(cast.dispatcher, row.pk, to=cast.organisations["city"].pk, note="请说明")
    commands.speak(cast.clerk, row.pk, note="社会生活噪声属社区", clause="regulation-14")
    commands.speak(cast.secretary, row.pk, note="餐馆设备噪声要执法")
    commands.rule(
        cast.dispatcher, row.pk, to=cast.organisations["city"].pk, clause="state-66", note="由城管科牵头，社区协办。"
    )
    return proceeding(row.pk)


def test_a_return_needs_a_listed_ground_and_materials(cast: Cast) -> None:
    row = dispatched(cast)
    for given, field in (
        ({"ground": "because", "materials": "x"}, "ground"),
        ({"ground": "not_our_duty"}, "materials"),
        ({"ground": "not_our_duty", "materials": "  "}, "materials"),
    ):
        with pytest.raises(Refused) as no:
            commands.return_(cast.secretary, row.pk, note="不归我", **given)
        assert no.value.field == field
    commands.return_(cast.secretary, row.pk, ground="not_our_duty", note="不归我", materials="清单第三条")
    assert proceeding(row.pk).step == "returned"


def test_parties_are_heard_and_the_ruling_names_the_clause(cast: Cast) -> None:
    row = ruled(cast)
    acts = list(Entry.objects.filter(proceeding=row).order_by("seq").values_list("act", flat=True))
    assert acts[-6:] == ["return", "convene", "invite", "speak", "speak", "rule"]
    assert (row.step, row.lead_id) == ("dispatched", cast.organisations["city"].pk)
    one = Precedent.objects.get(case_id=row.pk)
    assert one.clause == "国办函〔2025〕66号：应由职能部门办理的，不得分派给基层"
    assert not hasattr(one, "title"), "no word of the reporter stands in a precedent"
    page = cast.client("dispatcher").get(f"/cases/{row.number}/").content.decode()
    for said in ("两家各执一词", "社会生活噪声属社区", "餐馆设备噪声要执法", "由城管科牵头"):
        assert said in page


def test_only_who_was_invited_speaks_and_sees(cast: Cast) -> None:
    row = dispatched(cast)
    commands.dispute(cast.secretary, row.pk, ground="not_our_duty", note="不归我")
    enter(cast.clerk)
    with pytest.raises(Refused) as no:
        commands.speak(cast.clerk, row.pk, note="我也说")
    assert no.value.status == 404
    enter(system("test"))
    commands.invite(cast.dispatcher, row.pk, to=cast.organisations["city"].pk)
    with pytest.raises(Refused, match="已经在会商里"):
        commands.invite(cast.dispatcher, row.pk, to=cast.organisations["city"].pk)
    client = cast.client("clerk")
    assert row.number in client.get("/cases/?tab=party").content.decode()
    commands.speak(cast.clerk, row.pk, note="归社区")
    assert row.number not in client.get("/cases/?tab=party").content.decode()
    with pytest.raises(Refused):
        commands.rule(cast.clerk, row.pk, to=cast.organisations["here"].pk, clause="x", note="x")


def test_what_was_ruled_is_neither_returned_nor_given_away(cast: Cast) -> None:
    row = ruled(cast)
    with pytest.raises(Refused, match="已经裁定"):
        commands.return_(cast.clerk, row.pk, ground="not_our_duty", note="再退", materials="x")
    with pytest.raises(Refused, match="已经裁定"):
        commands.dispute(cast.clerk, row.pk, ground="not_our_duty", note="再议")
    with pytest.raises(Refused, match="已经裁定"):
        commands.redirect(cast.dispatcher, row.pk, to=cast.organisations["here"].pk, note="改派")
    content = cast.client("clerk").get(f"/cases/{row.number}/").content.decode()
    assert "act=return" not in content
    assert "act=dispute" not in content


def test_the_router_quotes_it_at_the_next_similar_case(cast: Cast) -> None:
    row = ruled(cast)
    one = Precedent.objects.get(case_id=row.pk)
    alike = filed(cast, text="楼下餐馆的排风机整夜轰鸣，老人睡不着。", category="noise.social")
    trace = Entry.objects.filter(proceeding=alike, given__has_key="route").first()
    assert trace is not None
    quoted = trace.given["route"]["precedents"]
    assert [found["id"] for found in quoted] == [one.pk]
    assert quoted[0]["same_category"] is True
    page = cast.client("dispatcher").get(f"/cases/{alike.number}/").content.decode()
    assert "裁定过的类似诉求" in page
    assert f"/cases/precedents/{one.pk}/" in page
    other = filed(cast, text="电梯停了三天没人修", category="property.elevator")
    told = Entry.objects.filter(proceeding=other, given__has_key="route").first()
    assert told is not None
    assert "precedents" not in told.given["route"]


def test_words_alone_are_quoted_where_nobody_has_put_a_category(cast: Cast) -> None:
    row = ruled(cast)
    found = precedents.quoted("", row.region_code, row.case.grams)
    assert [(one.case_id, one.same_category, one.likeness) for one in found] == [(row.pk, False, 1.0)]
    assert precedents.quoted("", "110106010001", row.case.grams) == [], "another sub-district"


def test_precedents_are_searched_by_everybody_in_the_street_and_nobody_else(cast: Cast) -> None:
    row = ruled(cast)
    one = Precedent.objects.get(case_id=row.pk)
    for who, linked in (("dispatcher", True), ("neighbour_clerk", False), ("neighbour", False)):
        client = cast.client(who)
        listed = client.get("/cases/precedents/?q=牵头").content.decode()
        assert "由城管科牵头" in listed, who
        page = client.get(f"/cases/precedents/{one.pk}/").content.decode()
        assert (row.number in page) is linked, who
        assert "排风机" not in page
    assert "由城管科牵头" not in cast.client("dispatcher").get("/cases/precedents/?q=电梯").content.decode()
    assert cast.client("dispatcher").get("/cases/registers/precedents.csv").status_code == 200
    enter(cast.nobody)
    assert Precedent.objects.count() == 0
    enter(system("test"))


def test_a_community_cannot_lead_what_is_not_on_its_list(cast: Cast) -> None:
    row = filed(cast, category="building.illegal")
    with pytest.raises(Refused, match=r"职责清单内.*第十七条") as no:
        commands.dispatch(cast.dispatcher, row.pk, to=cast.organisations["here"].pk)
    assert (no.value.field, no.value.rule) == ("to", "职责清单")
    answer = cast.client("dispatcher").post(
        f"/cases/{row.number}/act/dispatch/", {"to": cast.organisations["here"].pk, "seen": row.entry_count}
    )
    assert answer.status_code == 422
    assert "违法建设" in answer.content.decode()
    commands.dispatch(cast.dispatcher, row.pk, to=cast.organisations["city"].pk)
    with pytest.raises(Refused, match="职责清单"):
        commands.redirect(cast.dispatcher, row.pk, to=cast.organisations["here"].pk, note="x")
    commands.accept(cast.clerk, row.pk)
    commands.support(cast.clerk, row.pk, to=cast.organisations["here"].pk, note="请协助")


def test_the_ground_outside_the_list_of_communities_must_be_true(cast: Cast) -> None:
    mine = dispatched(cast, category="property.elevator")
    with pytest.raises(Refused, match="在社区职责清单内"):
        commands.return_(cast.secretary, mine.pk, ground="not_community_duty", note="不归社区", materials="清单")
    theirs = dispatched(cast, "city", category="building.illegal")
    with pytest.raises(Refused, match="只适用于社区"):
        commands.return_(cast.clerk, theirs.pk, ground="not_community_duty", note="不归", materials="清单")


def test_presets_differ_and_the_list_is_checked(db: None) -> None:
    data = registry.shipped()["duties"]
    advice = {**data, "preset": "advice"}
    assert duties.outside(data, "community", "building.illegal")
    assert duties.preset(advice)["closed"] == []
    assert any("预设" in line for line in duties.problems({**data, "preset": "nowhere"}))
