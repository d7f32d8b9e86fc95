"""What every act of this room asks first."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.people.organisations.models import Organisation
from linli.places.regions.models import Region


def today() -> date:
    return timezone.localdate(now())


def day_of(on: date | None) -> date:
    """The day a change takes effect, today when left out. Refused: one that has yet to come."""
    day = on or today()
    if day > today():
        raise Refused(_("日期不能在将来。"), field="on")
    return day


def name_of(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Refused(_("请填写名称，不超过 80 个字。"), field="name")
    return name


def region_of(code: str) -> str:
    if not Region.objects.filter(code=code).exists():
        raise Refused(_("没有这个区划，请填写完整的区划代码。"), field="region_code")
    return code


def reach(actor: Actor, region_code: str) -> None:
    """Refused unless the place lies where this actor works."""
    if not actor.everything and not any(region_code.startswith(prefix) for prefix in actor.regions):
        raise Refused(_("这个区划不在您的工作范围内。"), field="region_code", status=403)


def still_there(organisation: Organisation) -> None:
    if organisation.valid_to is not None:
        raise Refused(_("这个组织已经撤销。"))
