"""The filter bar of the worklist: what was asked, cleaned; a wrong value narrows nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.ui.inputs import MomentsBar, day, offer
from linli.matters.cases.models import Case
from linli.matters.cases.queries import category_map
from linli.places.regions import locating
from linli.procedures.definitions import definition

# More regions than this are not offered as a list; the search finds them by name.
REGIONS_MOST = 60
PRESS = [("", _("全部")), ("remind", _("已催办")), ("supervise", _("已督办"))]
EXEMPTED = [("", _("全部")), ("yes", _("已剔除")), ("no", _("未剔除"))]
DUE = [("", _("全部")), ("over", _("已超期")), ("soon", _("24 小时内到期"))]


class WorklistFilter(MomentsBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    due = forms.ChoiceField(label=_("期限"), required=False, choices=DUE)
    press = forms.ChoiceField(label=_("催督"), required=False, choices=PRESS)
    exempted = forms.ChoiceField(label=_("剔除"), required=False, choices=EXEMPTED)
    step = forms.ChoiceField(label=_("环节"), required=False)
    category = forms.ChoiceField(label=_("分类"), required=False)
    region = forms.ChoiceField(label=_("社区网格"), required=False)
    kind = forms.ChoiceField(label=_("类型"), required=False)
    channel = forms.ChoiceField(label=_("渠道"), required=False)
    service_class = forms.ChoiceField(label=_("时限等级"), required=False)
    since = day(_("登记从"))
    until = day(_("到"))
    tab = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        shape = definition(policies.load("procedure.case").id)
        everything = [("", _("全部"))]
        offer(self, "step", everything + [(step.code, step.name) for step in shape.steps.values()])
        offer(self, "service_class", everything + list(shape.classes.items()))
        tops = [(code, row["name"]) for code, row in category_map().items() if row["top"] == code]
        offer(self, "category", everything + tops)
        offer(self, "kind", everything + list(Case.Kind.choices))
        offer(self, "channel", everything + list(Case.Channel.choices))
        offer(self, "region", everything + regions_of(actor))


def regions_of(actor: Actor) -> list[tuple[str, str]]:
    """Communities and grids this actor works in, as choices; grids are set in under their community."""
    names = locating.index().names
    mine = sorted(
        code for code in names if len(code) >= 12 and any(code.startswith(prefix) for prefix in actor.regions)
    )
    if len(mine) > REGIONS_MOST:
        mine = [code for code in mine if len(code) == 12]
    return [(code, ("\u3000" if len(code) > 12 else "") + names[code]) for code in mine[:REGIONS_MOST]]
