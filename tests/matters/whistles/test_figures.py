"""The figures page, and that each figure opens exactly the whistles it counted; list, filters, sheets."""

import re
from html import unescape

from linli.base.actor import system
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from tests.cast import Cast
from tests.matters.whistles import stories


def numbers(text: str) -> set[str]:
    return set(re.findall(r'href="/whistles/(W[0-9-]+)/"', text))


def test_each_figure_opens_its_whistles(cast: Cast) -> None:
    done, running = stories.closed(cast), stories.arrived(cast)
    client = cast.client("leader")
    page = client.get("/whistles/figures/").content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/whistles/\?[^"]*figure=[^"]*)"', page)}
    assert len(links) > 6
    city = cast.organisations["city"].pk
    opened = {link: numbers(client.get(link).content.decode()) for link in links}
    called = next(link for link in links if f"department.called.{city}" in link)
    assert opened[called] == {done.number, running.number}
    solved = next(link for link in links if f"department.solved.{city}" in link)
    assert opened[solved] == {done.number}
    assert all(opened.values()), "a figure above nought opens something"


def test_a_made_up_figure_opens_nothing(cast: Cast) -> None:
    stories.called(cast)
    client = cast.client("leader")
    for figure in ("department.called.x", "nonsense", "whistler.solved.999999999999"):
        assert numbers(client.get("/whistles/", {"tab": "all", "figure": figure}).content.decode()) == set()


def test_search_filter_and_sheets(cast: Cast) -> None:
    first, second = stories.called(cast), stories.called(cast, topic="占道经营", kind="emergency")
    client = cast.client("leader")
    assert numbers(client.get("/whistles/", {"tab": "all", "q": "占道"}).content.decode()) == {second.number}
    assert numbers(client.get("/whistles/", {"tab": "all", "kind": "joint"}).content.decode()) == {first.number}
    assert "没有符合条件的吹哨" in client.get("/whistles/", {"tab": "all", "q": "没有这样的"}).content.decode()
    csv = client.get("/whistles/export.csv?tab=all").getvalue().decode("utf-8-sig")
    assert csv.count(first.number) == 2, "one line for each department"
    assert "导出已记入审计" in csv
    sheet = client.get("/whistles/export.xlsx?tab=all")
    assert sheet.getvalue().startswith(b"PK")
    assert client.get("/whistles/export.pdf").status_code == 404
    figures = client.get("/whistles/figures/export.csv").getvalue().decode("utf-8-sig")
    assert "城市管理科" in figures
    enter(system("test"))
    assert AuditRow.objects.filter(command="whistles.export").count() == 3
    assert "打印于" in client.get("/whistles/?tab=all&print=1").content.decode()
