"""The shape of input for dwellings and for the grids of a building."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.facts.asking import add_given, given_of
from linli.base.facts.noting import Given
from linli.places.addresses.commands import NewDwelling
from linli.places.addresses.models import Building, Dwelling
from linli.places.addresses.placing import Choices, RegisterFilter, places_of
from linli.places.addresses.rules import FLOORS, doors_of

DWELLING_SORTS = {
    "place": ("region_code", "building", "unit_name", "floor", "room_name"),
    "-place": ("-region_code", "-building", "-unit_name", "-floor", "-room_name"),
    "room": ("room_name", "region_code", "building", "id"),
    "-room": ("-room_name", "region_code", "building", "id"),
    "use": ("use", "region_code", "building", "id"),
    "-use": ("-use", "region_code", "building", "id"),
}


class DwellingFilter(RegisterFilter):
    """The filter bar of the register of dwellings."""

    use = forms.ChoiceField(label=_("用途"), required=False, choices=[("", _("全部")), *Dwelling.Use.choices])

    field_order = ("q", "place", "use", "closed")


class DoorsForm(forms.Form):
    """Many doors of one building in one act."""

    units = forms.CharField(label=_("单元"), max_length=60, required=False, help_text=_("如 1-3；没有单元就不填。"))
    floors = forms.CharField(label=_("楼层"), max_length=60, help_text=_("如 1-6；地下一层写 -1。"))
    rooms = forms.CharField(label=_("每层房号"), max_length=120, help_text=_("如 01-04，三层就是 301 到 304。"))
    use = forms.ChoiceField(label=_("用途"), choices=Dwelling.Use.choices, initial=Dwelling.Use.UNKNOWN)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        add_given(self, reason=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                cleaned["doors"] = doors_of(cleaned["units"], cleaned["floors"], cleaned["rooms"])
            except ValueError as error:
                self._wrong(cleaned, str(error))
        return cleaned

    def _wrong(self, cleaned: dict[str, Any], part: str) -> None:
        """Say which part makes no sense, beside the field it stands in."""
        field = next((name for name in ("units", "floors", "rooms") if part and part in cleaned[name]), "rooms")
        self.add_error(field, _("“%(part)s”看不明白，或者一次超过 2000 套。") % {"part": part[:30]})

    def dwellings(self, building: Building) -> list[NewDwelling]:
        use = self.cleaned_data["use"]
        return [
            NewDwelling(building.pk, room, unit, floor, use) for unit, floor, room in self.cleaned_data.get("doors", ())
        ]

    @property
    def given(self) -> Given:
        return given_of(self.cleaned_data)


class DwellingForm(forms.Form):
    """One dwelling corrected."""

    unit_name = forms.CharField(label=_("单元"), max_length=12, required=False)
    room_name = forms.CharField(label=_("房号"), max_length=12)
    floor = forms.IntegerField(label=_("楼层"), required=False, min_value=FLOORS[0], max_value=FLOORS[1])
    use = forms.ChoiceField(label=_("用途"), choices=Dwelling.Use.choices)

    def __init__(self, data: Any = None, *, dwelling: Dwelling) -> None:
        self.dwelling = dwelling
        names = ("unit_name", "room_name", "floor", "use")
        super().__init__(data, initial={name: getattr(dwelling, name) for name in names}, label_suffix="")
        add_given(self, reason=True)

    @property
    def changed(self) -> NewDwelling:
        cleaned, row = self.cleaned_data, self.dwelling
        same = cleaned["unit_name"] == row.unit_name
        return NewDwelling(
            row.building_id,
            cleaned["room_name"],
            cleaned["unit_name"],
            cleaned["floor"],
            cleaned["use"],
            row.region_code if same else "",
        )

    @property
    def given(self) -> Given:
        return given_of(self.cleaned_data)


class GridsForm(forms.Form):
    """In which grid a building lies, and which of its units lie in others."""

    grid = forms.ChoiceField(label=_("整栋楼所在网格"))

    def __init__(self, data: Any = None, *, actor: Actor, building: Building, units: list[str]) -> None:
        self.units = {f"unit_{number}": unit for number, unit in enumerate(units)}
        parts = dict(building.parts.values_list("unit_name", "region_code"))
        initial: dict[str, Any] = {"grid": building.region_code}
        initial |= {name: parts.get(unit, "") for name, unit in self.units.items()}
        super().__init__(data, initial=initial, label_suffix="")
        places: Choices = places_of(actor)
        self.fields["grid"].choices = places  # type: ignore[attr-defined]
        for name, unit in self.units.items():
            self.fields[name] = forms.ChoiceField(
                label=_("%(unit)s单元") % {"unit": unit.upper()},
                required=False,
                choices=[("", _("同整栋楼")), *places],
            )
        add_given(self, reason=False)

    @property
    def parts(self) -> dict[str, str]:
        return {unit: self.cleaned_data[name] for name, unit in self.units.items() if self.cleaned_data[name]}

    @property
    def given(self) -> Given:
        return given_of(self.cleaned_data)


class FindForm(forms.Form):
    """One line to find an address."""

    q = forms.CharField(label=_("地址"), max_length=120, required=False)
