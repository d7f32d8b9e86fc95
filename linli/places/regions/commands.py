"""Writing regions: from files, by hand, and giving them up. Regions are never deleted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.places.regions import locating, queries
from linli.places.regions.importing import Plan, plan
from linli.places.regions.models import Region, RegionImport
from linli.places.regions.policy import current_scheme
from linli.places.regions.reading import Problem, Reading, Row, Unreadable, read
from linli.places.regions.rules import short_name

_SAID = ("name", "short_name", "urban_rural", "households", "source")
_MEASURED = ("polygon", "west", "south", "east", "north", "longitude", "latitude", "area")


@command("regions.import_sheet")
def import_sheet(actor: Actor, *, content: bytes, file_name: str, only_good: bool = False) -> dict[str, int]:
    """Read a code sheet and write its regions. Returns counts: created, changed, same, refused.

    Refused: the file cannot be read; a row is wrong and `only_good` is not set (then nothing is written).
    """
    return _import(content, file_name, "sheet", only_good)


@command("regions.import_geojson")
def import_geojson(actor: Actor, *, content: bytes, file_name: str, only_good: bool = False) -> dict[str, int]:
    """Read boundaries and write them to their regions. As `import_sheet`."""
    return _import(content, file_name, "geojson", only_good)


@command("regions.stage_import", right="regions.edit")
def stage_import(actor: Actor, *, content: bytes, file_name: str) -> RegionImport:
    """Read a file and keep what was understood, to be looked at before it is applied. Refused: the file cannot be read.

    An earlier file of the same person that was not applied is forgotten.
    """
    reading = _read(content, file_name)
    RegionImport.objects.filter(account_id=actor.account_id, applied_at=None).delete()
    staged = RegionImport.objects.create(
        kind=reading.kind,
        file_name=file_name[-200:] or _("未命名"),
        rows=[row.as_json() for row in reading.rows],
        problems=[[problem.place, problem.column, problem.reason] for problem in reading.problems],
        account_id=actor.account_id,
        created_at=now(),
    )
    detail(file=staged.file_name, rows=len(reading.rows), problems=len(reading.problems))
    return staged


@command("regions.apply_import", right="regions.edit")
def apply_import(actor: Actor, staged: RegionImport, *, only_good: bool = False) -> RegionImport:
    """Write what was staged, compared with the regions as they are now.

    Refused: it was applied before; some row is wrong and `only_good` is not set.
    """
    _one_at_a_time()
    staged = RegionImport.objects.select_for_update().get(pk=staged.pk)
    if staged.applied_at is not None:
        raise Refused(_("这份文件已经导入过了"), rule="regions.applied", status=409)
    staged.summary = _apply(planned(staged), staged.file_name, only_good)
    staged.applied_at = now()
    # The rows have become regions; the file's copy is no longer needed.
    staged.rows = []
    staged.save(update_fields=["summary", "applied_at", "rows"])
    return staged


def foresee(content: bytes, file_name: str) -> tuple[str, Plan]:
    """(kind, plan) of a file without writing anything: the dry run. Refused: the file cannot be read."""
    reading = _read(content, file_name)
    return reading.kind, plan(reading.rows, reading.problems, _today())


def planned(staged: RegionImport) -> Plan:
    """What a staged file would change now."""
    rows = [Row(**row) for row in staged.rows]
    return plan(rows, [Problem(*problem) for problem in staged.problems], _today())


@command("regions.rename")
def rename(actor: Actor, region: Region, *, name: str, short: str = "") -> Region:
    """Give a region another official name; the everyday name follows. Refused: no name, too long, retired."""
    new, everyday = " ".join(name.split()), " ".join(short.split())
    everyday = everyday or short_name(new)
    if not new or len(new) > 60 or not new.isprintable():
        raise Refused(_("名称要填 1 到 60 个字"), field="name")
    if len(everyday) > 40 or not everyday.isprintable():
        raise Refused(_("简称最多 40 个字"), field="short")
    region = _locked(region)
    detail(before=[region.name, region.short_name], after=[new, everyday])
    region.name, region.short_name, region.updated_at = new, everyday, now()
    region.save(update_fields=["name", "short_name", "updated_at"])
    return region


@command("regions.retire")
def retire(actor: Actor, region: Region, *, on: date, basis: str) -> Region:
    """Give a region up from a day on. Refused: no basis document, before it began, something below it still in use."""
    region = _locked(region)
    if not basis.strip():
        raise Refused(_("停用要写明依据（撤并、调整的文件）"), field="basis")
    if on < region.valid_from:
        raise Refused(_("停用日期不能早于启用日期 %(day)s") % {"day": region.valid_from}, field="on")
    below = queries.children(region.code).filter(valid_to=None).count()
    if below:
        raise Refused(_("下面还有 %(count)d 个在用的区划，请先停用它们") % {"count": below}, field="on")
    detail(on=on.isoformat(), basis=basis.strip()[:200])
    region.valid_to, region.updated_at = on, now()
    region.save(update_fields=["valid_to", "updated_at"])
    locating.forget()
    return region


def _locked(region: Region) -> Region:
    row = Region.objects.select_for_update().get(pk=region.pk)
    if row.valid_to is not None:
        raise Refused(_("%(name)s已停用") % {"name": row.short_name}, rule="regions.retired", status=409)
    return row


def _read(content: bytes, file_name: str) -> Reading:
    try:
        return read(content, file_name, current_scheme())
    except Unreadable as error:
        raise Refused(str(error), field="file") from error


def _import(content: bytes, file_name: str, kind: str, only_good: bool) -> dict[str, int]:
    reading = _read(content, file_name)
    if reading.kind != kind:
        wanted = _("边界文件（GeoJSON）") if kind == "geojson" else _("代码表（CSV 或 XLSX）")
        raise Refused(_("这里要的是%(wanted)s") % {"wanted": wanted}, field="file")
    _one_at_a_time()
    return _apply(plan(reading.rows, reading.problems, _today()), file_name, only_good)


def _one_at_a_time() -> None:
    """Imports queue up: what a plan found must still hold when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.regions.import'))")


def _apply(found: Plan, file_name: str, only_good: bool) -> dict[str, int]:
    if found.grave and not only_good:
        raise Refused(_explain(found.grave), field="file", rule="regions.rows")
    moment = now()
    source = _("导入自 %(file)s") % {"file": file_name[-120:]}
    Region.objects.bulk_create(
        [
            Region(
                code=row.code,
                valid_from=_today(),
                updated_at=moment,
                **{"source": source, **_given(row)},
            )
            for row in found.created
        ],
        batch_size=1000,
    )
    known = Region.objects.in_bulk([row.code for row in found.changed])
    for row in found.changed:
        region = known[row.code]
        for name, value in _given(row).items():
            setattr(region, name, value)
        region.updated_at = moment
    # As an upsert: bulk_update would write one long CASE for every column.
    Region.objects.bulk_create(
        known.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_SAID, *_MEASURED, "updated_at"],
    )
    counts = {
        "created": len(found.created),
        "changed": len(found.changed),
        "same": len(found.same),
        "refused": len({problem.place for problem in found.grave}),
    }
    detail(file=file_name[-120:], **counts)
    locating.forget()
    return counts


def _given(row: Row) -> dict[str, Any]:
    """The fields that the file speaks of."""
    fields: dict[str, Any] = {name: value for name in _SAID if (value := getattr(row, name)) is not None}
    if row.outline:
        fields["polygon"], fields["area"] = row.outline["geometry"], row.outline["area"]
        fields["west"], fields["south"], fields["east"], fields["north"] = row.outline["bounds"]
        fields["longitude"], fields["latitude"] = row.outline["label"]
    return fields


def _explain(problems: Sequence[Problem]) -> str:
    first = "；".join(f"{problem.place}：{problem.reason}" for problem in problems[:3])
    facts = {"count": len(problems), "first": first}
    return _("有 %(count)d 处问题，没有导入任何一行。%(first)s") % facts


def _today() -> date:
    return timezone.localdate(now())
