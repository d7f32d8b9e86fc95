"""The shape of input for the register of compounds and buildings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.facts.asking import add_given
from linli.base.ui.inputs import DayField
from linli.places.addresses.commands import NewBuilding, NewCompound
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.placing import PlacedForm, RegisterFilter
from linli.places.addresses.rules import FLOORS, NAMES_MOST, building_names

SORTS = {
    "place": ("region_code", "search_name", "id"),
    "-place": ("-region_code", "search_name", "id"),
    "name": ("search_name", "id"),
    "-name": ("-search_name", "-id"),
    "buildings": ("building_count", "search_name", "id"),
    "-buildings": ("-building_count", "search_name", "id"),
}


class CompoundFilter(RegisterFilter):
    """Compounds: where, of which kind, served by a property firm or not, today or on another day."""

    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *Compound.Kind.choices])
    managed = forms.ChoiceField(
        label=_("物业"), required=False, choices=[("", _("全部")), ("yes", _("有物业")), ("no", _("没有物业"))]
    )
    day = DayField(label=_("看哪一天的物业"), required=False)

    field_order = ("q", "place", "kind", "managed", "day", "closed")


class DayForm(forms.Form):
    """The day a list holds for; today when none is given or it makes no sense."""

    day = DayField(label=_("看哪一天"), required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given.dict(), label_suffix="")
        self.is_valid()


class CompoundForm(PlacedForm):
    """One compound."""

    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("类别"), choices=Compound.Kind.choices)
    other_names = forms.CharField(
        label=_("曾用名、俗称"), max_length=200, required=False, help_text=_("用顿号隔开；按这些名字也找得到。")
    )
    built_in = forms.IntegerField(label=_("建成年份"), required=False, min_value=1900, max_value=2100)

    field_order = ("name", "other_names", "kind", "built_in", "region_code")

    def __init__(self, data: Any = None, *, actor: Actor, compound: Compound | None = None) -> None:
        names = ("name", "other_names", "kind", "built_in", "region_code", "longitude", "latitude")
        initial = {name: getattr(compound, name) for name in names} if compound is not None else None
        super().__init__(data, actor=actor, row=compound, initial=initial)
        add_given(self, reason=compound is not None)

    @property
    def new(self) -> NewCompound:
        cleaned = self.cleaned_data
        names = ("name", "region_code", "longitude", "latitude", "kind", "built_in", "other_names")
        return NewCompound(**{name: cleaned[name] for name in names})


class BuildingsForm(forms.Form):
    """Several buildings at once."""

    names = forms.CharField(
        label=_("楼号"),
        max_length=2000,
        help_text=_("可以写几栋，用顿号、逗号或空格隔开；“1-12号楼”就是一号到十二号。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_names(self) -> list[str]:
        found = building_names(self.cleaned_data["names"])
        if len(found) > NAMES_MOST:
            raise forms.ValidationError(_("一次最多 %(most)d 栋。") % {"most": NAMES_MOST})
        if wrong := next((name for name in found if len(name) > 30), None):
            raise forms.ValidationError(_("楼号“%(name)s”太长，最多 30 个字。") % {"name": wrong[:30]})
        return found

    def buildings(self, compound: Compound) -> list[NewBuilding]:
        """At the place of the compound; each can be moved on its own page."""
        return [NewBuilding(name, compound.longitude, compound.latitude) for name in self.cleaned_data["names"]]


class BuildingForm(forms.Form):
    name = forms.CharField(label=_("楼号"), max_length=30)
    built_in = forms.IntegerField(label=_("建成年份"), required=False, min_value=1900, max_value=2100)
    floors = forms.IntegerField(label=_("地上层数"), required=False, min_value=1, max_value=FLOORS[1])
    # Two inputs of the map.
    longitude = forms.FloatField(label=_("经度"), required=False)
    latitude = forms.FloatField(label=_("纬度"), required=False)

    def __init__(self, data: Any = None, *, building: Building) -> None:
        self.building = building
        names = ("name", "built_in", "floors", "longitude", "latitude")
        super().__init__(data, initial={name: getattr(building, name) for name in names}, label_suffix="")
        add_given(self, reason=True)

    @property
    def changed(self) -> NewBuilding:
        cleaned = self.cleaned_data
        places = [
            getattr(self.building, name) if cleaned[name] is None else cleaned[name]
            for name in ("longitude", "latitude")
        ]
        lon, lat = places
        return NewBuilding(cleaned["name"], lon, lat, built_in=cleaned["built_in"], floors=cleaned["floors"])
