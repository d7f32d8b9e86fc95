"""What a board or a map can be asked: where, which days, which figure colours it. Shared by both rooms."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.ui.inputs import DayField
from linli.insight.indicators.queries import Period, figures
from linli.places.regions.models import Region

PLACE = ZoneInfo("Asia/Shanghai")
PRESETS = {
    "30": _("最近 30 天"),
    "month": _("本月"),
    "last_month": _("上月"),
    "quarter": _("最近 90 天"),
    "year": _("最近 12 个月"),
}
# The place of somebody who answers for no region: no code begins so, so that no figure is theirs.
NOWHERE = "-"
LEVELS = {"12": _("按社区"), "15": _("按网格")}


def today() -> date:
    """The day it is where the office is."""
    return now().astimezone(PLACE).date()


class BoardFilter(forms.Form):
    """The filter bar of a board. Whatever is missing or wrong falls back to what the actor answers for, the last 30 days."""

    region = forms.ChoiceField(label=_("范围"), required=False)
    period = forms.ChoiceField(label=_("时间"), choices=list(PRESETS.items()), required=False)
    level = forms.ChoiceField(label=_("统计到"), choices=list(LEVELS.items()), required=False)
    figure = forms.ChoiceField(label=_("地图颜色"), required=False)
    first = DayField(label=_("从"), required=False)
    last = DayField(label=_("到"), required=False)

    def __init__(self, given: object, actor: Actor, today: date):
        self.today = today
        self.root = actor.regions[0] if actor.regions else "" if actor.everything else NOWHERE
        super().__init__({**self._defaults(), **{key: value for key, value in dict(given.items()).items() if value}})  # type: ignore[attr-defined]
        below = (
            Region.objects.filter(code__startswith=self.root, level__in=(4, 5), valid_to=None)
            if actor.regions
            else Region.objects.none()
        )
        names = list(below.order_by("code").values_list("code", "short_name"))
        self.names = dict(names)
        self.fields["region"].choices = names  # type: ignore[attr-defined]
        self.fields["figure"].choices = [(code, figure.name) for code, figure in figures().items()]  # type: ignore[attr-defined]
        self.is_valid()

    def _defaults(self) -> dict[str, str]:
        return {
            "region": self.root,
            "period": "30",
            "level": "12" if len(self.root) <= 9 else "15",
            "figure": "both_full_rate",
        }

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or self._defaults()[name])

    @property
    def code(self) -> str:
        chosen = self._chosen("region")
        return chosen if chosen.startswith(self.root) else self.root

    @property
    def digits(self) -> int:
        return max(int(self._chosen("level")), 12 if len(self.code) <= 9 else 15)

    @property
    def chosen_figure(self) -> str:
        return self._chosen("figure")

    @property
    def span(self) -> Period:
        """First and last day, both counted; typed days win over the preset, and a wrong order is put right."""
        typed: tuple[date | None, date | None] = (self.cleaned_data.get("first"), self.cleaned_data.get("last"))
        if typed[0] or typed[1]:
            last = typed[1] or self.today
            first = typed[0] or last
            return Period(min(first, last), max(first, last))
        return preset(self._chosen("period"), self.today)


def preset(name: str, today: date) -> Period:
    """First and last day of one of PRESETS; the last 30 days for a name that is none."""
    start = today.replace(day=1)
    if name == "month":
        return Period(start, today)
    if name == "last_month":
        end = start - timedelta(days=1)
        return Period(end.replace(day=1), end)
    return Period(today - timedelta(days={"quarter": 89, "year": 364}.get(name, 29)), today)
