"""The shape of what is typed about preventive tasks and findings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import DayField, PhotosField
from linli.matters.cases.queries import category_map
from linli.matters.prevention import rules
from linli.matters.prevention.queries import owners, place_words
from linli.people.organisations.models import Organisation
from linli.places.addresses.models import Compound
from linli.places.addresses.queries import within
from linli.places.regions import locating

COMPOUNDS_MOST = 80
SPANS = {"30": _("最近 30 天"), "90": _("最近 90 天"), "365": _("最近一年"), "all": _("全部")}


def category_choices() -> list[Any]:
    """The categories in force, second level under first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, row in category_map().items():
        if row["top"] != code:
            found.setdefault(str(row["top_name"]), []).append((code, str(row["name"])))
    return [("", _("按内容判断")), *found.items()]


def owner_choices(region_code: str) -> list[Any]:
    """Organisations of the sub-district by kind; those of this very place come first."""
    rows = owners(region_code)
    near = [row for row in rows if len(row.region_code) > 9 and region_code.startswith(row.region_code)]
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in near:
        groups.setdefault(str(_("所在社区")), []).append((row.id, row.name))
    for row in rows:
        if row not in near:
            groups.setdefault(str(Organisation.Kind(row.kind).label), []).append((row.id, row.name))
    return [("", _("请选择")), *groups.items()]


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """Communities and grids the actor answers for, nearest first, by name; no region, no place."""
    names = locating.index().names
    codes = [code for code in names if len(code) >= 12 and actor.regions and code.startswith(tuple(actor.regions))]
    return [(code, place_words([code])) for code in sorted(codes)]


class PlanForm(forms.Form):
    title = forms.CharField(
        label=_("要预防什么"), max_length=rules.TITLE_MOST, help_text=_("例如：入冬前检修三号院供暖管道")
    )
    text = forms.CharField(
        label=_("预防措施"), max_length=rules.TEXT_MOST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明做什么、怎样算做到。"),
    )  # fmt: skip
    region = forms.ChoiceField(label=_("地点"))
    category = forms.ChoiceField(label=_("分类"), required=False)
    owner = forms.TypedChoiceField(label=_("责任单位"), coerce=int, error_messages={"required": _("请选单位。")})
    until = DayField(label=_("完成日期"))

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, label_suffix="")
        region = actor.regions[0] if actor.regions else ""
        self.fields["region"].choices = [("", _("请选择")), *places_of(actor)]  # type: ignore[attr-defined]
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        self.fields["owner"].choices = owner_choices(region)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """One act on a task: a note, and for a change of owner the new one."""

    act = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    to = forms.TypedChoiceField(label=_("责任单位"), coerce=int, error_messages={"required": _("请选单位。")})
    note = forms.CharField(
        label=_("说明"), max_length=rules.TEXT_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明情况。")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, act: str, seen: int, region_code: str) -> None:
        super().__init__(data, auto_id=f"id_{act}_%s", label_suffix="", initial={"act": act, "seen": seen})
        if act == "accept":
            del self.fields["note"]
        if act == "redirect":
            self.fields["to"].choices = owner_choices(region_code)  # type: ignore[attr-defined]
        else:
            del self.fields["to"]


class FindForm(forms.Form):
    """What a grid worker found on patrol: as little as can be typed with one thumb."""

    text = forms.CharField(
        label=_("看到了什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：三号楼东侧井盖翘起，容易绊人"), error_messages={"required": _("请写一句看到了什么。")},
    )  # fmt: skip
    place = forms.ChoiceField(label=_("在哪里"), error_messages={"required": _("请选地点。")})
    where = forms.CharField(label=_("位置补充"), max_length=60, required=False)
    category = forms.ChoiceField(label=_("分类"), required=False)
    photos = PhotosField(
        _("照片"), accept="image/*", help_text=_("不是必须的，最多 4 张。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, files, label_suffix="", initial=initial)
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        self.fields["place"].choices = self._places(actor)  # type: ignore[attr-defined]

    @staticmethod
    def _places(actor: Actor) -> list[Any]:
        own = places_of(actor)
        homes: list[tuple[str, str]] = []
        for prefix in actor.regions:
            rows = within(Compound.objects.filter(valid_to=None), prefix).order_by("region_code", "search_name")[
                :COMPOUNDS_MOST
            ]
            homes += [(f"compound:{row.pk}", row.name) for row in rows]
        regions = [(f"region:{code}", name) for code, name in own]
        groups = [(_("小区"), homes)] if homes else []
        return [*([] if len(regions) == 1 else [("", _("请选择"))]), *groups, (_("网格与社区"), regions)]

    def arguments(self) -> dict[str, Any]:
        """What `cases.file` is given of the place."""
        kind, _colon, key = self.cleaned_data["place"].partition(":")
        return {"compound_id": int(key)} if kind == "compound" else {"region_code": key}


class TaskFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    step = forms.ChoiceField(label=_("环节"), required=False)
    origin = forms.ChoiceField(label=_("由来"), required=False)

    def __init__(self, data: Any, *, steps: list[tuple[str, str]], origins: list[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["step"].choices = [("", _("全部")), *steps]  # type: ignore[attr-defined]
        self.fields["origin"].choices = [("", _("全部")), *origins]  # type: ignore[attr-defined]
        self.is_valid()


class FindingFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    span = forms.ChoiceField(label=_("时间"), required=False, choices=list(SPANS.items()))
    category = forms.ChoiceField(label=_("分类"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        tops = [(code, row["name"]) for code, row in category_map().items() if row["top"] == code]
        self.fields["category"].choices = [("", _("全部")), *tops]  # type: ignore[attr-defined]
        self.is_valid()
