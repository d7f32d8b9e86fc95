"""What every act form shares: what it stands on, hidden version, photos, and the call of its command."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.matters.cases.queries import category_map, may_lead
from linli.matters.cases.showing import Shown
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import Listing


class ActForm(forms.Form):
    """A form for one act on one case. `perform` calls the command and nothing else."""

    act: ClassVar[str] = ""
    submit: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, shown: Shown) -> None:
        super().__init__(data, files, auto_id=f"id_{self.act}_%s", initial={"seen": shown.seen}, label_suffix="")
        self.actor = actor
        self.shown = shown
        self.set_up()

    def set_up(self) -> None:
        """Fill choices from what the page shows."""

    @property
    def title(self) -> str:
        act = self.shown.handling.definition.acts.get(self.act)
        return act.name if act else self.act

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        """Call the command. `more` holds `seen` and, where the form takes photos, `files`."""
        raise NotImplementedError

    def field_of(self, name: str | None) -> str | None:
        """The field beside which a command's refusal belongs, None for the top of the form."""
        return name if name in self.fields else None


def choices_of(reasons: Any) -> list[tuple[str, str]]:
    """Reasons of the procedure as choices, nothing chosen yet."""
    return [("", _("请选择")), *((reason.code, reason.name) for reason in reasons.values())]


_KIND_ORDER = (
    Organisation.Kind.COMMUNITY,
    Organisation.Kind.DEPARTMENT,
    Organisation.Kind.SUB_DISTRICT_OFFICE,
    Organisation.Kind.PROPERTY_FIRM,
)


def organisations(region_code: str, *, without: int | None = None) -> list[Any]:
    """Organisations of the sub-district as choices grouped by kind; those of this very place come first."""
    found = [listing for listing in may_lead(region_code) if listing.id != without]
    near = [
        listing for listing in found if len(listing.region_code) > 9 and region_code.startswith(listing.region_code)
    ]
    groups: list[Any] = [("", _("请选择"))]
    if near:
        groups.append((_("所在社区"), [_choice(listing) for listing in near]))
    for kind in _KIND_ORDER:
        members = [_choice(listing) for listing in found if listing.kind == kind and listing not in near]
        if members:
            groups.append((Organisation.Kind(kind).label, members))
    return groups


def _choice(listing: Listing) -> tuple[int, str]:
    return listing.id, listing.name


def organisation_field(label: Any = None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label or _("承办单位"), coerce=int, choices=[], error_messages={"required": _("请选单位。")}
    )


def category_choices() -> list[Any]:
    """The categories of the policy in force, second level under first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, row in category_map().items():
        if row["top"] == code:
            groups.setdefault(str(row["name"]), [])
        else:
            groups.setdefault(str(row["top_name"]), []).append((code, str(row["name"])))
    tops = {str(row["name"]): code for code, row in category_map().items() if row["top"] == code}
    return [("", _("请选择")), *((name, children or [(tops[name], name)]) for name, children in groups.items())]
