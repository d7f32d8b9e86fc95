"""The shape of what is asked of hot spots and typed about them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import DayField
from linli.insight.hotspots.models import Hotspot, HotspotRun
from linli.matters.cases.queries import category_map
from linli.matters.prevention.rules import TEXT_MOST, TITLE_MOST
from linli.people.organisations.models import Organisation
from linli.places.regions import locating


class RunForm(forms.Form):
    region = forms.ChoiceField(label=_("范围"))

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, label_suffix="")
        self.fields["region"].choices = places(actor)  # type: ignore[attr-defined]


def places(actor: Actor) -> list[tuple[str, str]]:
    """Sub-districts and communities the actor answers for, the largest first."""
    names = locating.index().names
    own = [code for code in names if len(code) in (9, 12) and actor.regions and code.startswith(tuple(actor.regions))]
    return [(code, names[code]) for code in sorted(own, key=lambda code: (len(code), code))]


class HotspotFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    run = forms.ChoiceField(label=_("运算"), required=False)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *Hotspot.Kind.choices])
    state = forms.ChoiceField(label=_("研判"), required=False, choices=[("", _("全部")), *Hotspot.State.choices])
    category = forms.ChoiceField(label=_("分类"), required=False)

    def __init__(self, data: Any, *, runs: list[HotspotRun]) -> None:
        super().__init__(data, label_suffix="")
        names = locating.index().names
        self.fields["run"].choices = [  # type: ignore[attr-defined]
            ("", _("最近一次")), *((str(one.pk), f"{names.get(one.region_code, one.region_code)} {one.last}") for one in runs)
        ]  # fmt: skip
        tops = [(code, row["name"]) for code, row in category_map().items() if row["top"] == code]
        self.fields["category"].choices = [("", _("全部")), *tops]  # type: ignore[attr-defined]
        self.is_valid()


class PlanForm(forms.Form):
    title = forms.CharField(label=_("要预防什么"), max_length=TITLE_MOST)
    text = forms.CharField(
        label=_("预防措施"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明做什么、怎样算做到。"),
    )  # fmt: skip
    owner = forms.TypedChoiceField(label=_("责任单位"), coerce=int, error_messages={"required": _("请选单位。")})
    until = DayField(label=_("完成日期"))

    def __init__(self, data: Any = None, *, owners: Any, initial: Any = None) -> None:
        super().__init__(data, auto_id="id_plan_%s", label_suffix="", initial=initial)
        groups: dict[str, list[tuple[int, str]]] = {}
        for one in owners:
            groups.setdefault(str(Organisation.Kind(one.kind).label), []).append((one.id, one.name))
        self.fields["owner"].choices = [("", _("请选择")), *groups.items()]  # type: ignore[attr-defined]


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么不立项"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明为什么不立项。")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_dismiss_%s", label_suffix="")
