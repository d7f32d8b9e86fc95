"""The pages of party organisations: list, one with its family, acts through their forms, exports; the neighbour."""

from datetime import date

from linli.base.actor import system
from linli.base.scope import enter
from linli.people.organisations.models import Organisation
from linli.people.party import commands, queries
from linli.people.party.models import Change
from tests.cast import GRID, HERE, Cast
from tests.people.party.stories import BASIS, done, firm, made

DAY = date(2026, 3, 1)


def test_the_list_is_searched_filtered_sorted_and_taken_out(cast: Cast) -> None:
    made(cast)
    client = cast.client("secretary")
    for query in (
        "",
        "?q=北里一",
        "?kind=grid_branch&sort=-formal",
        f"?place={GRID}",
        "?domain=community",
        "?form=ordinary",
    ):
        assert "北里一支部" in client.get(f"/party/{query}").content.decode(), query
    for query in ("?q=没有", "?form=joint", "?domain=enterprise"):
        assert "没有符合条件的党组织" in client.get(f"/party/{query}").content.decode(), query
    assert "北里一支部" in client.get("/party/export.csv?q=北里一").content.decode("utf-8-sig")
    assert "北里一支部" not in cast.client("neighbour").get("/party/").content.decode()
    assert "丰台街道党工委" in cast.client("neighbour").get("/party/").content.decode(), "what stands above is seen"
    assert cast.client("clerk").get("/party/").status_code == 404


def test_a_branch_is_split_through_its_form(cast: Cast) -> None:
    party = made(cast)
    client = cast.client("party_clerk")
    cards = party.cards[party.first.pk]
    page = f"/party/{party.first.pk}/do/split/"
    sent = {"carries_on": "on", "name": "北里一支部", "other": "北里三支部", "region_code": GRID, "basis": BASIS}
    answer = client.post(page, sent | {"cards": [str(cards[0])]})
    assert answer.status_code == 422
    assert "不足 3 人" in answer.content.decode()
    assert "支部工作条例" in answer.content.decode(), "the rule is named"
    right = sent | {"cards": [str(card) for card in cards[:4]]}
    shown = client.post(page, right).content.decode()
    assert "北里三支部：成立" in shown
    assert "4 名党员：北里一支部 → 北里三支部" in shown
    assert "党**" in shown, "who moves, masked"
    assert "要登记本届，每届 5 年" in shown
    enter(system("test"))
    assert not Organisation.objects.filter(name="北里三支部").exists(), "looked at, not done"
    assert 'value="北里三支部"' in client.post(page, right | {"edit": "1"}).content.decode(), (
        "and what was typed is kept"
    )
    assert client.post(page, right | {"sure": "1"}).status_code == 302
    enter(system("test"))
    assert len(queries.members_of(Organisation.objects.get(name="北里三支部").pk, date(2026, 11, 22))) == 4
    text = client.get(f"/party/{party.first.pk}/").content.decode()
    assert "拆分" in text
    assert "北里三支部" in text, "the family goes on"
    text = client.get("/party/changes/?kind=split").content.decode()
    assert "北里三支部" in text
    assert "北里三支部" in client.get("/party/changes/export.csv").content.decode("utf-8-sig")
    assert "没有符合条件的变动" in client.get("/party/changes/?q=没有").content.decode()


def test_every_act_has_its_form(cast: Cast) -> None:
    party = made(cast)
    client = cast.client("party_clerk")
    text = client.get(f"/party/{party.first.pk}/").content.decode()
    for act in ("rename", "move", "split", "merge", "regroup", "cover", "describe", "begin_term", "dissolve"):
        assert f"/do/{act}/" in text, act
        assert client.get(f"/party/{party.first.pk}/do/{act}/").status_code == 200, act
    for act in ("elect", "postpone", "nothing"):
        assert client.get(f"/party/{party.first.pk}/do/{act}/").status_code == 404, act
    assert (
        client.post(f"/party/{party.first.pk}/do/begin_term/", {"starts": "2021-06-01", "basis": "报告"}).status_code
        == 302
    )
    for act in ("elect", "postpone"):
        assert client.get(f"/party/{party.first.pk}/do/{act}/").status_code == 200, act
    for shape in ("found", "join_units", "found_provisional", "found_alliance", "enter"):
        assert client.get(f"/party/new/{shape}/").status_code == 200, shape
    assert client.get("/party/new/nothing/").status_code == 404
    assert cast.client("secretary").get(f"/party/{party.first.pk}/do/rename/").status_code == 404
    assert cast.client("secretary").get("/party/new/found/").status_code == 404


def test_members_are_chosen_from_the_branch_they_come_from(cast: Cast) -> None:
    party = made(cast)
    client = cast.client("party_clerk")
    cards = [str(card) for card in party.cards[party.first.pk][:3]]
    page = f"/party/new/found/?from={party.first.pk}"
    assert f'value="{cards[0]}"' in client.get(page).content.decode()
    assert f'value="{cards[0]}"' not in client.get("/party/new/found/").content.decode()
    sent = {
        "name": "春光里党支部", "kind": "branch", "region_code": HERE, "parent": party.general.pk, "domain": "community",
        "cards": cards, "basis": BASIS,
    }  # fmt: skip
    assert done(client, page, sent).status_code == 302
    page = f"/party/{party.first.pk}/do/regroup/"
    assert client.post(page, {"name": "一", "other_name": "二", "cards": cards, "basis": BASIS}).status_code == 422
    enter(system("test"))
    both = [*party.cards[party.first.pk][3:5], *party.cards[party.second.pk][:2]]
    sent = {"name": "东支部", "other_name": "西支部", "cards": [str(card) for card in both], "basis": BASIS}
    assert done(client, f"{page}?from={party.second.pk}", sent).status_code == 302
    enter(system("test"))
    assert Change.objects.get(kind="regroup").parts.count() == 4


def test_a_unit_shows_who_stands_for_it(cast: Cast) -> None:
    made(cast)
    unit = firm(cast)
    client = cast.client("party_clerk")
    panel = f"/party/of/{unit.pk}/"
    assert "还没有党组织覆盖" in client.get(panel).content.decode()
    survey = f"{panel}survey/"
    assert client.post(survey, {"members": "-1", "source": "摸排"}).status_code == 422
    assert client.post(survey, {"members": "3", "source": "摸排"}).status_code == 302
    assert "正式党员 3 人" in client.get(panel).content.decode()
    assert "正式党员 3 人" not in cast.client("neighbour").get(panel).content.decode()
    assert cast.client("neighbour_party_clerk").get(survey).status_code == 404


def test_a_dissolved_branch_says_so_and_offers_nothing(cast: Cast) -> None:
    party = made(cast)
    commands.dissolve(cast.party_clerk, party.second, to=party.first, on=DAY, basis=BASIS)
    client = cast.client("party_clerk")
    text = client.get(f"/party/{party.second.pk}/").content.decode()
    assert "已于" in text
    assert "/do/rename/" not in text
    assert client.get(f"/party/{party.second.pk}/do/rename/").status_code == 404
    assert "北里二支部" in client.get("/organisations/?on=2026-02-01").content.decode()
