"""Who is told what by the map: every layer against the oracle, for everybody of the cast, with either wall alone."""

from typing import Any

import pytest
from django.test import Client

from linli.base.actor import system
from linli.base.scope import enter
from linli.insight.maps import layers as layering
from linli.insight.maps.layers import LAYERS
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, STREET, THERE, Cast
from tests.insight.maps import stories
from tests.insight.maps.oracle import expected
from tests.insight.maps.test_rules import unpacked

WITH_MAP = (
    "leader", "dispatcher", "auditor", "secretary", "worker", "grid_worker", "grid_worker_2", "neighbour", "neighbour_grid_worker",
)  # fmt: skip
WITHOUT = ("clerk", "neighbour_clerk", "sysadmin", "volunteer", "manager", "policy_editor", "call_taker", "party_clerk")
REGIONS = (STREET, HERE, THERE, GRID, GRID_2, GRID_THERE)


def told(client: Client, layer: str, region: str) -> tuple[set[int], dict[str, int]] | None:
    """(ids, counts by grid) of one payload; None for 404."""
    answer = client.get(f"/map/{layer}.json?region={region}")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200
    return read(answer.json())


def read(data: dict[str, Any]) -> tuple[set[int], dict[str, int]]:
    marks = unpacked(data["marks"]) if "marks" in data else []
    counts: dict[str, int] = {}
    for mark in marks:
        counts[mark.place] = counts.get(mark.place, 0) + 1
    for code, number in data["counts"]:
        if number:
            counts[code] = counts.get(code, 0) + number
    return {mark.id for mark in marks}, counts


def test_every_layer_holds_what_the_oracle_says_for_everybody(cast: Cast) -> None:
    stories.everything(cast)
    stories.reaching(cast)
    stories.due(cast, 6)
    stories.due(cast, 2, GRID_2)
    seen = 0
    for who in WITH_MAP:
        actor, client = getattr(cast, who), cast.client(who)
        for region in REGIONS:
            should = expected(actor, region)
            for layer in LAYERS:
                wanted, got = should[layer], told(client, layer, region)
                if wanted is None:
                    assert got is None, (who, layer, region)
                else:
                    assert got == (wanted.ids, wanted.counts), (who, layer, region)
                    seen += bool(wanted.counts)
        enter(system("test"))
    assert seen > 100  # the world is not empty


@pytest.mark.parametrize("who", WITHOUT)
def test_whoever_has_no_map_finds_none(cast: Cast, who: str) -> None:
    stories.everything(cast)
    client = cast.client(who)
    paths = [
        "/map/",
        "/map/export.csv",
        "/map/find/?q=1",
        *(f"/map/{layer}.json" for layer in LAYERS),
        "/map/buildings/1.json",
    ]
    assert {client.get(path).status_code for path in paths} == {404}


def test_a_grid_worker_sees_their_grid_and_no_other(cast: Cast) -> None:
    stories.everything(cast)
    text = cast.client("grid_worker").get("/map/").content.decode()
    assert "第一网格" in text and "第二网格" not in text
    for layer in ("buildings", "things", "constructions", "cases", "care", "sites"):
        got = told(cast.client("grid_worker"), layer, "")
        assert got is not None and set(got[1]) <= {GRID}, layer
        assert told(cast.client("grid_worker"), layer, GRID_2) is None
        assert told(cast.client("grid_worker"), layer, HERE) is None


def test_numbers_of_care_are_kept_back_from_whoever_may_not_see_residents(cast: Cast) -> None:
    stories.due(cast, 6)
    stories.due(cast, 2, GRID_2)
    assert told(cast.client("secretary"), "care", HERE) == (set(), {GRID: 6, GRID_2: 2})
    for who in ("leader", "auditor", "dispatcher"):
        data = cast.client(who).get(f"/map/care.json?region={HERE}").json()
        assert dict(data["counts"]) == {GRID: 6, GRID_2: None} and data["least"] == 5
        page = cast.client(who).get("/map/").content.decode()
        assert "≥6" in page and "&lt;5" in page
        sheet = cast.client(who).get(f"/map/export.csv?region={HERE}").content.decode("utf-8-sig")
        assert "<5" in sheet and ",2," not in sheet.splitlines()[2]
    assert "≥6" not in cast.client("secretary").get("/map/").content.decode()


def test_care_is_never_a_person_and_never_a_list(cast: Cast) -> None:
    stories.due(cast, 6)
    for who in ("secretary", "grid_worker", "leader"):
        client = cast.client(who)
        assert "marks" not in client.get("/map/care.json").json()
        assert client.get("/map/care/1.json").status_code == 404
        page = client.get("/map/?show=care").content.decode()
        assert "许" not in page.split("<main", 1)[1].split("</main>")[0]


def test_names_are_told_inside_ones_scope_only(cast: Cast) -> None:
    stories.everything(cast)
    for layer in ("buildings", "sites", "things", "constructions", "cases", "people"):
        with_all = LAYERS[layer].rows
        assert with_all is not None
        enter(system("test"))
        there = with_all(cast.neighbour, THERE).first()
        assert there is not None, layer
        path = f"/map/{layer}/{there.pk}.json"
        assert cast.client("neighbour").get(path).json()["name"]
        assert cast.client("secretary").get(path).status_code == 404, layer
        assert cast.client("grid_worker").get(path).status_code == 404, layer


def test_titles_of_cases_are_scrubbed(cast: Cast) -> None:
    row = stories.cases.filed(cast, text="灯坏了,请打13912345678")
    told_ = cast.client("secretary").get(f"/map/cases/{row.pk}.json").json()
    assert "13912345678" not in str(told_) and row.number in told_["note"]


def test_the_second_wall_stands_when_the_first_is_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Things, construction sites, cases and care of another community stay unseen although the queries ask for them."""
    stories.everything(cast)
    stories.due(cast, 3, GRID_THERE)
    monkeypatch.setattr("linli.insight.maps.views.inside", lambda actor, code: code)
    for name in ("things_visible_to", "constructions_visible_to"):
        model = {
            "things_visible_to": layering.sites.Thing,
            "constructions_visible_to": layering.sites.ConstructionSite,
        }[name]
        monkeypatch.setattr(layering.sites, name, lambda actor, model=model: model.objects.all())
    monkeypatch.setattr(layering.procedures, "visible_to", lambda actor: layering.procedures.Proceeding.objects.all())
    monkeypatch.setattr(layering.residents, "_mine", lambda actor: layering.Q())
    for layer in ("things", "constructions", "cases", "care"):
        assert told(cast.client("neighbour"), layer, THERE) not in (None, (set(), {})), layer
        assert told(cast.client("secretary"), layer, THERE) == (set(), {}), layer


def test_the_first_wall_stands_when_the_second_is_down(cast: Cast) -> None:
    """With the system's eyes in the database, a query for another's region still gives nothing that is not public."""
    stories.everything(cast)
    enter(system("test"))
    for layer in ("things", "constructions", "cases", "care"):
        assert LAYERS[layer].counts(cast.secretary, THERE) == {}, layer
        assert LAYERS[layer].counts(cast.neighbour, THERE) != {} or layer == "care", layer
