"""What stands behind a number: the same cases that were counted, also those without a category or a grid."""

import re
from html import unescape

from linli.base.clockwork import frozen
from linli.matters.cases import commands
from tests.cast import GRID, HERE, MONDAY, POINT_HERE, Cast

SPAN = "first=2026-03-01&last=2026-03-31"


def file(cast: Cast, text: str, **given: object) -> None:
    with frozen(MONDAY):
        commands.file(cast.nobody, text=text, **given)  # type: ignore[arg-type]


def test_the_number_of_what_has_no_category_opens_those_cases(cast: Cast) -> None:
    file(cast, "嗯嗯啊啊哦哦说不清楚的事", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    file(cast, "电梯坏了", category="property.elevator", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    client = cast.client("leader")
    board = unescape(client.get(f"/board/?{SPAN}").content.decode())
    links = set(re.findall(r"/board/behind/[^\"' ]*category=none[^\"' ]*", board))
    assert links
    for link in links:
        page = client.get(link).content.decode()
        assert "说不清楚的事" in page
        assert "电梯坏了" not in page


def test_parts_add_up_to_the_whole(cast: Cast) -> None:
    """A case known to the community alone stands in a line of its own among the grids."""
    file(cast, "楼道灯坏了", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    file(cast, "没有写在哪个网格", region_code=HERE)
    page = unescape(cast.client("leader").get(f"/board/?region={HERE}&{SPAN}").content.decode())
    assert "未定到下一级" in page
    assert f"region={HERE}&" in page or f"region={GRID}" in page
    sheet = cast.client("leader").get(f"/board/export.csv?region={HERE}&{SPAN}&level=15")
    lines = sheet.content.decode("utf-8-sig").splitlines()
    column = lines[0].split(",").index("受理量")
    assert sum(int(line.split(",")[column]) for line in lines[1:]) == 2


def test_whoever_sees_figures_alone_gets_no_link_to_cases(cast: Cast) -> None:
    file(cast, "楼道灯坏了", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    client = cast.client("auditor")
    for address in (f"/board/?{SPAN}", f"/map/?{SPAN}"):
        page = client.get(address).content.decode()
        assert "北大街北里" in page
        assert "/board/behind/" not in page
        assert "/cases/" not in page
        assert "/map/cases" not in page
    assert client.get(f"/board/behind/?measure=filed&region={HERE}&{SPAN}").status_code == 404
    assert client.get("/map/cases.json").status_code == 404
