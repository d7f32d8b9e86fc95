"""The auditor's pages. Nothing in them can be changed, and nothing in them is personal data of residents."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.commands import COMMANDS
from linli.base.pages import page
from linli.base.ui.downloads import sheet
from linli.base.ui.inputs import DayField
from linli.doors.web.auditing import TABS, Tab, named, narrowed, turned

MOST_EXPORTED = 20_000


class AuditFilter(forms.Form):
    """Filters of a list; what is not understood narrows nothing."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=40, required=False)
    command = forms.ChoiceField(label=gettext_lazy("操作"), required=False)
    target = forms.CharField(label=gettext_lazy("对象"), max_length=60, required=False)
    since = DayField(label=gettext_lazy("从"), required=False)
    until = DayField(label=gettext_lazy("到"), required=False)

    def __init__(self, *args: Any, of: Tab, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if of.by_command:
            names = [("", _("全部")), *((name, f"{named(name)} {name}".strip()) for name in sorted(COMMANDS))]
            self.fields["command"].choices = names  # type: ignore[attr-defined]
        else:
            del self.fields["command"]
        if not of.target:
            del self.fields["target"]
        self.is_valid()


def _tab(request: HttpRequest) -> Tab:
    return TABS.get(request.GET.get("tab", "")) or TABS["done"]


@page("audit.view")
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """One list, latest first, by key: no count, whatever the size of the table."""
    tab = _tab(request)
    bar = AuditFilter(request.GET, of=tab)
    rows = narrowed(tab, bar.cleaned_data)
    found, before, after = turned(rows, request.GET.get("before", ""), request.GET.get("after", ""))
    context = {"filter": bar, "rows": tab.shown(found), "tab": tab, "tabs": TABS, "before": before, "after": after}
    return render(request, "web/audit.html", context)


@page("audit.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet, the latest rows first."""
    tab = _tab(request)
    rows = list(narrowed(tab, AuditFilter(request.GET, of=tab).cleaned_data).order_by("-pk")[:MOST_EXPORTED])
    head = [_("时间"), _("谁"), _("组织"), tab.what, _("对象"), tab.detail, _("命令"), _("请求号")]
    lines = [
        (row.at, row.who, row.organisation, row.what, row.target, row.detail, row.code, row.request)
        for row in tab.shown(rows)
    ]
    return sheet(_("审计记录"), head, lines)
