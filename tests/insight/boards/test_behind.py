"""What stands behind a number: the same cases that were counted, also those without a category or a grid."""

import re
from datetime import timedelta
from html import unescape

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
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


BEHIND = f"measure=filed&region={HERE}&{SPAN}"


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>', page)


def three(cast: Cast) -> None:
    texts = ["电梯坏了没人修", "楼道灯坏了没人换", "路面有个大坑"]
    for text, category, hours in zip(texts, ["property.elevator", "", ""], range(3), strict=True):
        with frozen(MONDAY + timedelta(hours=hours)):
            commands.file(
                cast.nobody, text=text, category=category, longitude=POINT_HERE[0], latitude=POINT_HERE[1]
            )  # fmt: skip


def test_the_list_is_searched_filtered_and_sorted(cast: Cast) -> None:
    three(cast)
    client = cast.client("leader")

    def shown(more: str = "") -> list[str]:
        return titles(client.get(f"/board/behind/?{BEHIND}{more}").content.decode())

    assert shown() == ["路面有个大坑", "楼道灯坏了没人换", "电梯坏了没人修"]
    assert shown("&sort=opened") == shown()[::-1]
    assert shown("&q=坏了") == ["楼道灯坏了没人换", "电梯坏了没人修"]
    assert shown("&q=坏了&sort=opened")[0] == "电梯坏了没人修"
    assert {"路面有个大坑"} == set(shown()) - set(shown("&category=property"))
    assert shown("&q=没有这样的字") == []
    number = re.findall(r'href="/cases/([0-9][^"/]+)/"', client.get(f"/board/behind/?{BEHIND}").content.decode())[0]
    assert shown(f"&q={number}") == ["路面有个大坑"]
    assert shown("&step=nonsense&channel=%27&sort=x") == shown(), "a wrong value narrows nothing"
    assert shown("&step=answered") == []


def test_the_number_stays_while_one_filters_and_clears(cast: Cast) -> None:
    three(cast)
    page = unescape(cast.client("leader").get(f"/board/behind/?{BEHIND}&q=电梯").content.decode())
    for name in ("measure", "region", "first", "last"):
        assert f'name="{name}"' in page
    assert f"/board/behind/?{BEHIND}" in page, "the way back to the whole number"
    empty = unescape(cast.client("leader").get(f"/board/behind/?{BEHIND}&q=没有这样的字").content.decode())
    assert "清除条件" in empty


def test_the_list_leaves_as_a_sheet_masked_and_noted(cast: Cast) -> None:
    three(cast)
    answer = cast.client("leader").get(f"/board/behind.csv?{BEHIND}&q=坏了&sort=opened")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert ["电梯" in lines[1], "楼道灯" in lines[2]] == [True, True]
    assert "导出：凌主任" in lines[3] and "搜索 坏了" in lines[3] and len(lines) == 4
    enter(system("test"))
    note = AuditRow.objects.filter(command="cases.export").latest("id")
    assert note.detail["tab"] == "behind" and "坏了" in note.detail["conditions"]
    book = cast.client("leader").get(f"/board/behind.xlsx?{BEHIND}")
    assert book.getvalue()[:2] == b"PK"  # type: ignore[attr-defined]
    assert cast.client("leader").get(f"/board/behind.pdf?{BEHIND}").status_code == 404


def test_the_sheet_is_for_those_who_may_take_cases_out(cast: Cast) -> None:
    three(cast)
    assert cast.client("auditor").get(f"/board/behind.csv?{BEHIND}").status_code == 404
    sheet = cast.client("neighbour").get(f"/board/behind.csv?{BEHIND}")
    assert "电梯" not in sheet.getvalue().decode()  # type: ignore[attr-defined]
