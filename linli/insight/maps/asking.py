"""What the map can be asked: where, down to which level, and which figure colours it."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import DayField
from linli.insight.boards.asking import LEVELS, NOWHERE, PRESETS, preset, today
from linli.insight.indicators.queries import Period, figures
from linli.places.regions import locating


def root_of(actor: Actor) -> str:
    """The region an actor's map begins with; nowhere for whoever answers for none."""
    return actor.regions[0] if actor.regions else "" if actor.everything else NOWHERE


def inside(actor: Actor, code: str) -> str:
    """The region that was asked for, when it is the actor's; the actor's own when none was. Raises Http404 for others."""
    wanted = code or root_of(actor)
    if not actor.everything and not any(wanted.startswith(prefix) for prefix in actor.regions):
        raise Http404
    return wanted


class MapFilter(forms.Form):
    """The filter bar of the map. Whatever is missing or wrong falls back to what the actor answers for, without colours."""

    region = forms.ChoiceField(label=_("范围"), required=False)
    level = forms.ChoiceField(label=_("统计到"), choices=list(LEVELS.items()), required=False)
    figure = forms.ChoiceField(label=_("地图颜色"), required=False)
    period = forms.ChoiceField(label=_("时间"), choices=list(PRESETS.items()), required=False)
    first = DayField(label=_("从"), required=False)
    last = DayField(label=_("到"), required=False)

    def __init__(self, given: Any, actor: Actor) -> None:
        self.root = root_of(actor)
        names = locating.index().names
        below = [(code, _indented(code, names[code])) for code in sorted(names) if code.startswith(self.root)]
        self.names = {code: name.split()[-1] for code, name in names.items() if code.startswith(self.root)}
        asked = {key: value for key, value in dict(given.items()).items() if value}
        region = asked.get("region", "")
        self.code = region if region in self.names else self.root
        self.digits = 15 if asked.get("level") == "15" or len(self.code) > 9 else 12
        super().__init__(
            {"period": "30", **asked, "region": self.code, "level": str(self.digits)}, label_suffix="", prefix=None
        )
        self.fields["region"].choices = below  # type: ignore[attr-defined]
        if len(self.code) > 9:
            # Below a community there is nothing to choose.
            del self.fields["level"]
        if actor.may("boards.view"):
            choices = [("", _("不着色")), *((code, figure.name) for code, figure in figures().items())]
            self.fields["figure"].choices = choices  # type: ignore[attr-defined]
        else:
            for name in ("figure", "period", "first", "last"):
                del self.fields[name]
        self.is_valid()

    @property
    def chosen_figure(self) -> str:
        """The figure that colours the regions, or none."""
        return str(self.cleaned_data.get("figure") or "")

    @property
    def span(self) -> Period:
        """First and last day of the figure, both counted."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if not first and not last:
            return preset(str(self.cleaned_data.get("period") or "30"), today())
        end = last or today()
        begin = first or end
        return Period(min(begin, end), max(begin, end))


def _indented(code: str, name: str) -> str:
    return "\u3000" * ((len(code) > 9) + (len(code) > 12)) + name.split()[-1]
