"""The board shows the figures of a place; every number leads to its cases; nobody sees another's place."""

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.matters.cases import commands
from tests.cast import HERE, MONDAY, POINT_HERE, THERE, Cast
from tests.insight.indicators.test_counting import lived

SPAN = "first=2026-03-01&last=2026-03-31"


def test_a_leader_sees_the_figures_and_opens_the_cases_behind_them(cast: Cast) -> None:
    lived(cast, True, "satisfied")
    lived(cast, False, "dissatisfied")
    client = cast.client("leader")
    page = client.get(f"/board/?{SPAN}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "50.0%" in text and "北大街北里" in text
    links = {unescape(link) for link in re.findall(r'href="(/board/behind/[^"]+)"', text)}
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link
    behind = client.get(f"/board/behind/?measure=resolved&region={HERE}&{SPAN}").content.decode()
    assert behind.count("下水道堵了") == 1


def test_open_and_overdue_are_of_this_moment(cast: Cast) -> None:
    with frozen(MONDAY):
        commands.file(cast.nobody, text="电梯坏了", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    page = cast.client("leader").get("/board/?period=year").content.decode()
    assert "tab=overdue" in page


def test_the_secretary_sees_only_their_community(cast: Cast) -> None:
    lived(cast, True, "satisfied")
    page = cast.client("secretary").get(f"/board/?region={THERE}&{SPAN}").content.decode()
    assert "东大街西里" not in page and "北大街北里" in page
    other = cast.client("neighbour").get(f"/board/behind/?measure=filed&region={HERE}&{SPAN}")
    assert "下水道堵了" not in other.content.decode()


def test_who_has_no_right_finds_no_board(cast: Cast) -> None:
    for who in ("grid_worker", "manager", "sysadmin"):
        assert cast.client(who).get("/board/").status_code == 404
    assert cast.client().get("/board/").status_code == 302


def test_a_board_costs_the_same_however_much_there_is(cast: Cast) -> None:
    client = cast.client("leader")
    client.get(f"/board/?{SPAN}")
    counted = []
    for _ in range(2):
        lived(cast, True, "satisfied")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/board/?{SPAN}")
        counted.append(len(queries))
        enter(system("test"))
    assert counted[0] == counted[1] <= 12, [q["sql"][:80] for q in queries.captured_queries]


def test_a_wrong_address_says_so_plainly(cast: Cast) -> None:
    client = cast.client("leader")
    for query in (
        "measure=nonsense&region=11&first=2026-01-01&last=2026-01-02",
        "measure=filed&region=x&first=a&last=b",
        "",
    ):
        assert client.get(f"/board/behind/?{query}").status_code == 404
    assert client.get("/board/?period=nonsense&first=32.13.2026&region=999&level=7&sort=%27").status_code == 200


def test_the_table_leaves_as_a_sheet(cast: Cast) -> None:
    lived(cast, True, "satisfied")
    answer = cast.client("leader").get(f"/board/export.csv?{SPAN}")
    text = answer.content.decode("utf-8-sig")
    assert "双满率·分母" in text.splitlines()[0] and "100.0%" in text


def test_the_map_draws_open_cases_within_scope_only(cast: Cast) -> None:
    commands.file(cast.nobody, text="电梯坏了,电话13800138000", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    assert cast.client("leader").get("/map/").status_code == 200
    points = cast.client("leader").get("/map/cases.json").json()
    assert points["marks"]["runs"] == [1] and "13800138000" not in str(points)
    assert cast.client("neighbour").get("/map/cases.json").json()["marks"]["runs"] == []
    assert cast.client("neighbour").get(f"/map/cases.json?region={HERE}").status_code == 404
