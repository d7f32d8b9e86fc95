"""What the register is narrowed by, and how somebody is looked up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.people.residents.models import Person
from linli.people.residents.policy import care
from linli.people.residents.tasks import Work
from linli.places.regions import queries as regions
from linli.places.regions.models import Region
from linli.places.regions.rules import Level

Choices = list[tuple[str, Any]]
ANY: Choices = [("", _("全部"))]


def places_of(actor: Actor) -> Choices:
    """Communities and grids of the actor, in the order of their codes."""
    rows = regions.current(Region.objects.filter(level__gte=Level.COMMUNITY))
    if not actor.everything:
        rows = rows.filter(regions.in_subtrees(actor.regions))
    found = rows.order_by("code").values_list("code", "level", "short_name")[:400]
    return [(code, ("" if level == Level.COMMUNITY else "\u3000") + name) for code, level, name in found]


class RegisterFilter(forms.Form):
    """The filter bar. Only ordinary groups of care can be chosen: a list of the others is drawn up for a purpose (`CareListForm`)."""

    q = forms.CharField(label=_("住处"), required=False, max_length=60)
    place = forms.ChoiceField(label=_("网格"), required=False)
    kind = forms.ChoiceField(label=_("居住关系"), required=False, choices=[*ANY, *Person.Kind.choices])
    care = forms.ChoiceField(label=_("需关照"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("在册")), *Person.State.choices, ("all", _("全部"))]
    )

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        self.fields["place"].choices = [*ANY, *places_of(actor)]  # type: ignore[attr-defined]
        if actor.may("residents.care"):
            groups = [(code, one["name"]) for code, one in care().seen_by(actor).items() if not one["sensitive"]]
            choices = [*ANY, ("any", _("有需关照")), *groups]
            self.fields["care"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["care"]
        if actor.may("residents.search") and not given.get("q"):
            self.fields["q"].widget = forms.HiddenInput()  # the box above the list is where an address is typed
        self.is_valid()  # a filter that makes no sense is left out, the others hold


class CareListForm(forms.Form):
    """A list of one group of care: what for, and on the strength of which open work."""

    group = forms.ChoiceField(label=_("类别"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=_("用途"), widget=forms.RadioSelect)
    work = forms.ChoiceField(label=_("凭手头哪件事"))
    place = forms.ChoiceField(label=_("网格"), required=False)

    def __init__(self, data: Any, actor: Actor, works: list[Work]) -> None:
        super().__init__(data, label_suffix="")
        policy = care()
        held = {work.kind for work in works}
        purposes = [(code, one["name"]) for code, one in policy.lists.items() if held & set(one["work"])]
        groups = [(code, one["name"]) for code, one in policy.seen_by(actor).items()]
        for name, choices in (
            ("group", groups),
            ("purpose", purposes),
            ("work", [(work.number or work.kind, str(work)) for work in works]),
            ("place", [*ANY, *places_of(actor)]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class FindForm(forms.Form):
    text = forms.CharField(label=_("姓名、手机号、身份证号或住处"), max_length=60)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
