"""`python -m bench.sheets`: a sheet of 100,000 people with 20 columns into the register and out again, against the least that
any program must do: read the sheet alone, and COPY the same rows into a plain table.

What is timed of Linli is the real thing: header recognition, every cell checked, duplicates in the sheet and against the
register, sealing, blind indexes, history, audit, batches that can be resumed. The register holds the dwellings already.
The bare run is made before and after, since other work on the machine comes and goes; seconds of the processor, those of
the database included, say the same on a machine that is busy otherwise.
"""

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg
from python_calamine import CalamineWorkbook

from bench.ground import Ground, ground
from bench.leaving import writers

HEAD = [
    "序号",
    "户号",
    "姓名",
    "与户主关系",
    "性别",
    "出生日期",
    "公民身份号码",
    "民族",
    "婚姻状况",
    "文化程度",
    "职业",
    "联系电话",
    "小区",
    "楼栋",
    "单元",
    "房号",
    "居住类别",
    "户籍地址",
    "政治面貌",
    "备注",
]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建国志玉梅文辉鑫宇浩然子轩梓涵欣怡雨桐一诺"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@click.command()
@click.option("--people", default=100_000, show_default=True)
def main(people: int) -> None:
    with ground(1000, lambda line: click.echo(f"  {line}", err=True)) as found:
        actor, buildings = _where()
        doors = _doors(actor, buildings, people // 3 + 1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "people.xlsx"
            rows = list(_rows(people, doors))
            _write(path, rows)
            click.echo(f"{people:,} rows x {len(HEAD)} columns, {path.stat().st_size / 1e6:.1f} MB")
            before = _bare(found, path)
            ours = _import(found, actor, path)
            after = _bare(found, path)
            bare = sum((before[name] + after[name] for name in before), Cost()) / 2
            for name in before:
                click.echo(f"bare {name}: {before[name]}, again {after[name]}")
            for name, cost in ours.items():
                click.echo(
                    f"linli {name}: {cost} = {cost.seconds / bare.seconds:.2f} x bare, {cost.cpu / bare.cpu:.2f} x its processor"
                )
            both = ours["import"] + ours["check"]
            click.echo(
                f"check and import: {both.seconds / bare.seconds:.2f} x bare, {both.cpu / bare.cpu:.2f} x its processor"
            )
            writers(found, HEAD, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"memory of the process at its highest, the rows of the bench itself included: {peak:.0f} MB")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock and of the processor, the database's included."""

    seconds: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, self.cpu + other.cpu)

    def __truediv__(self, count: int) -> "Cost":
        return Cost(self.seconds / count, self.cpu / count)

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.cpu:.1f} s of the processor)"


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = act()
    return time.perf_counter() - begun, result


def _cost(found: Ground, act: Callable[[], Any]) -> tuple[Cost, Any]:
    before = time.process_time() + _of_database(found)
    seconds, result = _timed(act)
    return Cost(seconds, time.process_time() + _of_database(found) - before), result


def _of_database(found: Ground) -> float:
    """Processor seconds of the embedded server: of its first process with all that have ended, and of those at work."""
    with psycopg.connect(found.admin) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        server = _stat(row[0])[1]
        times = [_stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    ticks = sum(_stat(server)[11:15]) + sum(sum(one[11:13]) for one in times if one and one[1] == server)
    return float(ticks) / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[int]:
    """What the kernel says of a process, behind its name; empty when it has gone."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *map(int, words[1:])]


def _where() -> tuple[Any, list[Any]]:
    """A secretary and the buildings of their community."""
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.people.accounts.models import Post
    from linli.people.accounts.queries import actor_of
    from linli.places.addresses.models import Building

    with scope(system("bench")):
        for post in Post.objects.filter(role="community_secretary", ends=None).select_related("account"):
            rows = Building.objects.filter(region_code__startswith=post.region_code, valid_to=None)
            buildings = list(rows.select_related("compound").order_by("id"))
            if len(buildings) >= 5:
                return actor_of(post), buildings
    raise SystemExit("the demo district has no community with buildings")


def _doors(actor: Any, buildings: list[Any], wanted: int) -> list[tuple[str, str, str, str]]:
    """(compound, building, unit, room) of so many dwellings, entered where they are not there yet."""
    from linli.base.scope import scope
    from linli.places.addresses import commands

    found, new = [], []
    for number in range(wanted):
        building = buildings[number % len(buildings)]
        order = number // len(buildings)
        unit, floor, door = str(order % 6 + 1), order // 6 // 8 + 1, order // 6 % 8 + 1
        room = f"{floor}{door:02d}"
        found.append((building.compound.name, building.name, unit, room))
        new.append(commands.NewDwelling(building.pk, room, unit, floor=min(floor, 99)))
    for first in range(0, wanted, 10_000):
        with scope(actor):
            commands.enter_dwellings(actor, dwellings=new[first : first + 10_000])
    return found


def _rows(people: int, doors: list[tuple[str, str, str, str]]) -> Iterator[list[str]]:
    """Invented people: names from two lists, identity numbers that check, one household of three in each dwelling."""
    chance = random.Random(4)
    for number in range(people):
        home = doors[number // 3]
        man, year = number % 2, 1935 + number % 85
        body = f"110106{year}{number % 12 + 1:02d}{number % 28 + 1:02d}{number // 85 % 500 * 2 + man:03d}"
        sign = "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
        yield [
            str(number + 1), f"H{number // 3:06d}", name, ("户主", "配偶", "子女")[number % 3], "男" if man else "女",
            f"{year}-{number % 12 + 1:02d}-{number % 28 + 1:02d}", body + sign, "汉族", "已婚", "大学", "职员",
            f"13{number % 9 + 1}{number:08d}", *home, "业主", "北京市丰台区某街某号", "群众", "",
        ]  # fmt: skip


def _write(path: Path, rows: list[list[str]]) -> None:
    from linli.base.exchange import write_xlsx

    write_xlsx(path, HEAD, rows)


def _bare(found: Ground, path: Path) -> dict[str, Cost]:
    def read() -> list[list[Any]]:
        return list(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())

    reading, rows = _cost(found, read)

    def copy() -> None:
        columns = ", ".join(f"c{number}" for number in range(len(HEAD)))
        with psycopg.connect(found.admin) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bare_sheet")
            cursor.execute(f"CREATE TABLE bare_sheet ({', '.join(f'c{n} text' for n in range(len(HEAD)))})")
            with cursor.copy(f"COPY bare_sheet ({columns}) FROM STDIN") as stream:
                for row in rows[1:]:
                    stream.write_row(row)

    copying, _none = _cost(found, copy)
    return {"read": reading, "COPY": copying}


def _import(found: Ground, actor: Any, path: Path) -> dict[str, Cost]:
    from linli.base.scope import scope
    from linli.doors.intake.registers import commands, running
    from linli.doors.intake.registers.models import RegisterImport

    def look(key: int) -> RegisterImport:
        with scope(actor):
            return RegisterImport.objects.get(pk=key)

    def stage() -> Any:
        with scope(actor):
            return commands.stage(actor, content=path.read_bytes(), file_name=path.name)

    staging, row = _cost(found, stage)
    with scope(actor):
        commands.check(actor, row, target=row.target, columns=row.columns, options=row.options)
    checking, _none = _cost(found, lambda: running.run(row.pk, "checking"))
    seen = look(row.pk)
    click.echo(
        f"  {seen.get_state_display()}: rows {seen.rows}, good {seen.good}, wrong {seen.wrong}, twins {seen.twins}, known {seen.known} {seen.message}"
    )
    with scope(actor):
        commands.start(actor, seen)
    applying, _none = _cost(found, lambda: running.run(row.pk, "applying"))
    seen = look(row.pk)
    click.echo(f"  {seen.get_state_display()}: {seen.done} {seen.message}")
    with scope(actor):
        commands.undo(actor, seen)
    undoing, _none = _cost(found, lambda: running.run(row.pk, "undoing"))
    seen = look(row.pk)
    click.echo(f"  {seen.get_state_display()}: {seen.gone}, kept {len(seen.kept)}")
    return {"stage": staging, "check": checking, "import": applying, "undo": undoing}


if __name__ == "__main__":
    sys.exit(main())
