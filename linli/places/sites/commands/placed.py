"""What entering, changing and closing have in common for whatever stands somewhere. Steps of commands, not commands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, detail
from linli.base.facts.noting import Given, changes, columns, facts, needs_reason, note, write
from linli.base.files.commands import attach, remove
from linli.places.addresses.rules import in_reach
from linli.places.regions import queries as regions
from linli.places.regions.coordinates import is_position
from linli.places.regions.models import Region
from linli.places.regions.rules import Level
from linli.places.sites.models import Placed

Row = TypeVar("Row", bound=Placed)
MOST = 20_000


def check(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Refused: too many, no name, a place that is none, a region not in use or out of the actor's reach."""
    if len(rows) > MOST:
        raise Refused(_("一次最多登记 %(most)d 个") % {"most": MOST})
    codes = {row["region_code"] for row in rows}
    known = regions.current(Region.objects.filter(code__in=codes, level__gte=Level.COMMUNITY))
    in_use = set(known.values_list("code", flat=True))
    for row in rows:
        if not row["name"].strip() or len(row["name"]) > 60:
            raise Refused(_("名称要填 1 到 60 个字"), field="name")
        if len(row["address"]) > 120:
            raise Refused(_("具体位置不超过 120 个字"), field="address")
        if row["region_code"] not in in_use:
            facts_ = {"name": row["name"], "code": row["region_code"] or _("（空）")}
            raise Refused(_("%(name)s：没有在用的社区或网格 %(code)s") % facts_, field="region_code")
        if not in_reach(actor.regions, row["region_code"]):
            raise Refused(_("%(name)s不在您负责的区划里") % {"name": row["name"]}, field="region_code", status=403)
        if not is_position(row["longitude"], row["latitude"]):
            raise Refused(_("%(name)s：经纬度不对") % {"name": row["name"]}, field="longitude")


def enter(
    actor: Actor,
    model: type[Row],
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    given: Given,
    photos: Sequence[int] = (),
) -> list[Row]:
    """Write many rows, all or none, each with the fact that it was entered. photos: uploads, for the one row of several none."""
    if photos and len(rows) != 1:
        raise Refused(_("照片只能跟着一个一起登记"), field="photos")
    sourced = columns(actor, given)
    written = [model(**row, **sourced) for row in rows]
    try:
        with transaction.atomic():
            model._default_manager.bulk_create(written, batch_size=2000)
    except IntegrityError as error:
        raise Refused(_("这里已经有同名或同标识码的"), field="name") from error
    entered = {"": ("", _("登记"))}
    write(facts(actor, kind, [(row.pk, row.region_code, entered) for row in written], given))
    detail(entered=len(written))
    if photos:
        photograph(actor, written[0], kind, photos)
    return written


def change(
    actor: Actor,
    row: Row,
    kind: str,
    values: Mapping[str, Any],
    given: Given,
    more: Mapping[str, Any],
    photos: Sequence[int] = (),
) -> Row:
    """Correct a row with a reason and add photos. more: facts whose words are not those of a column, name -> (before, after)."""
    keeps(actor, row)
    reason = needs_reason(given)
    found = changes(row, {name: value for name, value in values.items() if name not in more})
    if "longitude" in found or "latitude" in found:
        found.pop("latitude", None)
        found["longitude"] = ("", _("移动了位置"))
    found |= {name: pair for name, pair in more.items() if pair[0] != pair[1]}
    for name, value in {**values, **columns(actor, given)}.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("这里已经有同名或同标识码的"), field="name") from error
    note(actor, kind, row.pk, row.region_code, found or {"": ("", _("核实无误"))}, given)
    detail(changed=sorted(found), reason=reason)
    photograph(actor, row, kind, photos)
    return row


def close(actor: Actor, row: Row, kind: str, basis: str) -> Row:
    """The row is shown to nobody any more but in its register. Refused: no ground, closed before, out of reach."""
    keeps(actor, row)
    words = " ".join(basis.split())[:200]
    if not words:
        raise Refused(_("请写明停用的原因"), field="basis")
    row.valid_to = timezone.localdate(now())
    row.save(update_fields=["valid_to"])
    note(actor, kind, row.pk, row.region_code, {"": (_("在用"), _("已停用"))}, Given(reason=words))
    detail(basis=words)
    return row


def keeps(actor: Actor, row: Placed) -> None:
    """Refused unless the row is in use and lies where this actor keeps the register."""
    _reaches(actor, row)
    if row.valid_to is not None:
        raise Refused(_("%(name)s已经停用") % {"name": row.name})


def _reaches(actor: Actor, row: Placed) -> None:
    if not in_reach(actor.regions, row.region_code):
        raise Refused(_("%(name)s不在您负责的区划里") % {"name": row.name}, field="region_code", status=403)


def photograph(actor: Actor, row: Placed, kind: str, files: Iterable[int]) -> None:
    """Give uploads of this request to the row."""
    keys = list(files)
    if keys:
        attach(actor, keys, kind=kind, owner_id=str(row.pk))
        note(actor, kind, row.pk, row.region_code, {"photos": ("", _("新增照片 %(count)d 张") % {"count": len(keys)})})


def unphotograph(actor: Actor, row: Row, kind: str, photo: int, reason: str) -> Row:
    """Take a photo off the row for good, its bytes with it, also where the row is out of use. Refused: no reason, no such photo,
    out of reach."""
    _reaches(actor, row)
    given = Given(reason=reason)
    words = needs_reason(given)
    taken = remove(kind, row.pk, photo)
    said = _("移除照片 1 张（%(day)s 上传）") % {"day": timezone.localdate(taken.created_at)}
    note(actor, kind, row.pk, row.region_code, {"photos": ("", said)}, given)
    detail(photo=photo, reason=words)
    return row


def plain(new: Any) -> dict[str, Any]:
    """The columns of `Placed` of a new row."""
    return {
        "name": " ".join(new.name.split()),
        "region_code": new.region_code,
        "address": new.address.strip(),
        "longitude": new.longitude,
        "latitude": new.latitude,
    }
