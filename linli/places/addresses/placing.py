"""What forms of every register of places ask for: where it lies, which part of a list, why something ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.places.addresses.rules import in_reach
from linli.places.regions import queries as regions
from linli.places.regions.locating import locate
from linli.places.regions.models import Region
from linli.places.regions.rules import Level

# With more places than this only sub-districts are offered in the filter; grids are found through their community.
PLACES_MOST = 80

Choices = list[tuple[str, Any]]


def places_of(actor: Actor, *, down_to: Level = Level.GRID) -> Choices:
    """Communities and grids where this actor keeps the register, under the name of their sub-district."""
    rows = regions.current(Region.objects.filter(level__gte=Level.SUB_DISTRICT, level__lte=down_to)).order_by("code")
    groups: dict[str, tuple[str, Choices]] = {}
    streets: dict[str, str] = {}
    for code, level, name in rows.values_list("code", "level", "short_name"):
        if level == Level.SUB_DISTRICT:
            streets[code] = name
        elif in_reach(actor.regions, code):
            indent = "\u3000" if level == Level.GRID else ""
            groups.setdefault(code[:9], (streets.get(code[:9], ""), []))[1].append((code, indent + name))
    # (title, choices), as Django reads groups.
    return [(title, choices) for title, choices in groups.values()]


class PlacedForm(forms.Form):
    """Where it is. `row`: what is being changed (with longitude and latitude), None for something new.

    The grid is found from the point on the map; without a map the community or grid is chosen, and the point is its middle.
    """

    region_code = forms.ChoiceField(
        label=_("所在社区或网格"),
        required=False,
        help_text=_("在地图上点了位置，可以不选。"),
        error_messages={"invalid_choice": _("这里不在您负责的区划里，请另选。")},
    )
    # Two inputs of the map.
    longitude = forms.FloatField(label=_("经度"), required=False)
    latitude = forms.FloatField(label=_("纬度"), required=False)

    def __init__(self, data: Any = None, *, actor: Actor, row: Any = None, initial: Any = None) -> None:
        self.row = row
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["region_code"].choices = [("", _("请选择")), *places_of(actor)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen, lon, lat = cleaned.get("region_code") or "", cleaned.get("longitude"), cleaned.get("latitude")
        if "region_code" in self.errors:
            return cleaned
        if lon is None or lat is None:
            self._centre(cleaned, chosen)
            return cleaned
        located = locate(lon, lat).code or ""
        moved = self.row is None or (lon, lat) != (self.row.longitude, self.row.latitude)
        if not chosen and not located:
            self.add_error("region_code", _("这个点不在我们的辖区里，请重新点，或者选所在的社区、网格。"))
        elif chosen and located and moved and not located.startswith(chosen) and not chosen.startswith(located):
            self.add_error("region_code", _("地图上点的位置不在这里，请重新点，或者另选。"))
        elif not chosen or (moved and located.startswith(chosen)):
            cleaned["region_code"] = located
        return cleaned

    def _centre(self, cleaned: dict[str, Any], chosen: str) -> None:
        """Without a point it lies in the middle of what was chosen, until somebody moves it."""
        row = Region.objects.filter(code=chosen).first() if chosen else None
        if row is None or row.longitude is None:
            self.add_error("region_code", _("请在地图上点出位置，或者选所在的社区、网格。"))
        else:
            cleaned["longitude"], cleaned["latitude"] = row.longitude, row.latitude


class RegisterFilter(forms.Form):
    """The filter bar. Whoever answers for a region sees their own first; an empty choice shows all."""

    q = forms.CharField(label=_("名称"), required=False, max_length=60)
    place = forms.ChoiceField(label=_("社区"), required=False)
    closed = forms.BooleanField(label=_("含已停用"), required=False)

    def __init__(self, given: Any, actor: Actor) -> None:
        data = given.dict()
        if "place" not in data and actor.regions:
            data["place"] = actor.regions[0][:12]
        super().__init__(data, label_suffix="")
        rows = regions.current(Region.objects.filter(level__in=(Level.SUB_DISTRICT, Level.COMMUNITY))).order_by("code")
        known = list(rows.values_list("code", "level", "short_name"))
        mine = [row for row in known if in_reach([region[:9] for region in actor.regions], row[0])] or known
        if len(mine) > PLACES_MOST:
            mine = [row for row in mine if row[1] == Level.SUB_DISTRICT]
        choices = [(code, ("" if level == Level.SUB_DISTRICT else "\u3000") + name) for code, level, name in mine]
        self.fields["place"].choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]
        self.is_valid()  # a filter that makes no sense is left out, the others hold


class CloseForm(forms.Form):
    basis = forms.CharField(label=_("原因"), max_length=200, help_text=_("如：拆除、合并到某某小区；写进审计记录。"))
