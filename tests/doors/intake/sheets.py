"""Sheets for the registers, brought through the acts as a person and the queue would bring them."""

from typing import Any

from linli.base.actor import Actor, system
from linli.base.scope import enter
from linli.doors.intake.registers import commands, running, showing
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.registers.opening import head_of

HEAD = "序号,姓名,性别,出生日期,民族,联系电话,居住地址,与户主关系,政治面貌,备注"
ZHANG = "1,张三,男,1956年3月1日,汉族,138 0013 8000,春光里小区3号楼2单元501,户主,群众,爱下棋"
LI = "2,李四,女,1958/7/9,回族,13900139000,春光里小区3-2-501,配偶,,"


def csv(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\n".join([head, *rows]).encode(encoding)


def staged(actor: Actor, content: bytes, name: str = "居民.csv") -> RegisterImport:
    row: RegisterImport = commands.stage(actor, content=content, file_name=name)
    return row


def checked(actor: Actor, content: bytes, name: str = "居民.csv", **options: Any) -> RegisterImport:
    row = staged(actor, content, name)
    commands.check(actor, row, target=row.target, columns=row.columns, options={**row.options, **options})
    running.run(row.pk, "checking")
    return again(row)


def applied(actor: Actor, row: RegisterImport, *, whole: bool = False) -> RegisterImport:
    commands.start(actor, row, whole=whole)
    running.run(row.pk, "applying")
    return again(row)


def again(row: RegisterImport) -> RegisterImport:
    enter(system("test"))
    return RegisterImport.objects.get(pk=row.pk)


def told(row: RegisterImport) -> list[tuple[int, str, str]]:
    return showing.problem_lines(row, head_of(row))
