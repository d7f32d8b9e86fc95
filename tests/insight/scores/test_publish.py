"""Publishing: tiers and trends freely, a ranking only on a recorded basis, and only until its end."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.scores import commands, publishing
from linli.insight.scores.models import Publication
from tests.cast import STREET, Cast
from tests.insight.scores.stories import AFTER, month, scored, unit

BASIS = {"basis": "区接诉即办考评办法（区办发〔2026〕3号）", "level": "区委办、区政府办", "until": date(2026, 12, 31)}


def test_tiers_need_no_basis_and_show_no_points(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.leader)
    made = commands.publish(cast.leader, run.pk, form="tiers", basis="写了也不记")
    assert made.basis == ""
    assert [set(row) for row in made.results] == [{"key", "name", "group", "trend", "tier"}] * 2
    assert [row["name"] for row in made.results] == ["东大街西里", "北大街北里"], "by name, not by points"
    page = cast.client("secretary").get(f"/scores/{run.pk}/").content.decode()
    assert "东大街西里" in page
    assert "第 1 名" not in page
    assert "100" not in page.split("已公布的")[-1].split("</table>")[0]


@pytest.mark.parametrize("missing", ["basis", "level", "until"])
def test_a_ranking_without_a_basis_is_refused(cast: Cast, missing: str) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.leader)
    with frozen(AFTER), pytest.raises(Refused) as refused:
        commands.publish(
            cast.leader, run.pk, form="ranks", **{key: value for key, value in BASIS.items() if key != missing}
        )
    assert refused.value.field == missing
    assert refused.value.rule == "排名须有依据"
    enter(system("test"))
    assert not Publication.objects.exists()


def test_the_database_refuses_it_too(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            run=run, region_code=STREET, form="ranks", results=[], published_at=now(), published_by="x"
        )


def test_a_ranking_shows_its_basis_until_the_end(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.leader)
    with frozen(AFTER):
        made = commands.publish(cast.leader, run.pk, form="ranks", **BASIS)
        page = cast.client("secretary").get(f"/scores/{run.pk}/").content.decode()
    assert "区办发〔2026〕3号" in page
    assert "区委办、区政府办" in page
    assert "2026-12-31" in page
    rows = publishing.visible_rows(made, date(2026, 12, 31))
    assert [(row["name"], row["rank"], row["total"]) for row in rows] == [
        ("东大街西里", 1, "100.00"),
        ("北大街北里", 2, "82.50"),
    ]
    later = publishing.visible_rows(made, date(2027, 1, 1))
    assert all("rank" not in row and "total" not in row for row in later)
    assert [row["name"] for row in later] == ["东大街西里", "北大街北里"]


def test_an_end_that_has_passed_is_refused(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.leader)
    with frozen(AFTER), pytest.raises(Refused, match="已经过了"):
        commands.publish(cast.leader, run.pk, form="ranks", **{**BASIS, "until": date(2026, 1, 1)})


def test_withdrawn_and_published_anew(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.leader)
    made = commands.publish(cast.leader, run.pk, form="trend")
    assert all("tier" not in row for row in made.results)
    with pytest.raises(Refused, match="已经公布过"):
        commands.publish(cast.leader, run.pk, form="tiers")
    commands.withdraw(cast.leader, made.pk, reason="换成分档")
    commands.publish(cast.leader, run.pk, form="tiers")
    assert Publication.objects.filter(run=run, withdrawn_at=None).count() == 1
    assert Publication.objects.filter(run=run).count() == 2


def test_waiting_appeals_come_first(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    with frozen(AFTER + timedelta(days=1)):
        enter(cast.secretary)
        commands.appeal(cast.secretary, unit(run).pk, kind="case", number=made[3].number, reason="已与诉求人核实。")
        enter(cast.leader)
        with pytest.raises(Refused, match="申诉没有裁定"):
            commands.publish(cast.leader, run.pk, form="tiers")


def test_only_who_answers_for_the_place_publishes(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(cast.dispatcher)
    with pytest.raises(Refused):
        commands.publish(cast.dispatcher, run.pk, form="tiers")
