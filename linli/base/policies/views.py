"""Policies for people: which are in force, what each version says, drafts, publishing, comparing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.policies import commands, registry, writing
from linli.base.policies.models import PolicyVersion
from linli.base.policies.queries import waiting_for_publication
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside

TONES = {"draft": "warn", "published": "good", "retired": "off"}


class DraftForm(forms.Form):
    """A new version as text."""

    source = forms.CharField(
        label=gettext_lazy("内容（TOML）"),
        max_length=writing.MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "mono"}),
    )
    basis = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("哪份文件，或哪次会议的决定。空着就用内容里的 basis。"),
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PublishForm(forms.Form):
    basis = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        help_text=gettext_lazy("哪份文件，或哪次会议的决定。发布以后写进每一件所依据的版本里。"),
    )


@page("policies.view")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every policy with the version in force."""
    words = request.GET.get("q", "").strip()[:60]
    rows = (
        PolicyVersion.objects.filter(status=PolicyVersion.Status.PUBLISHED)
        .defer("data", "source")
        .order_by("name", "code")
    )
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(basis__icontains=words))
    drafts = PolicyVersion.objects.values_list("code").annotate(
        waiting=Count("id", filter=Q(status=PolicyVersion.Status.DRAFT)), last=Max("version")
    )
    if request.GET.get("drafts"):
        rows = waiting_for_publication(rows)
    context = {
        "fields": [
            {"name": "drafts", "label": _("只看有新草稿的"), "kind": "checkbox", "value": request.GET.get("drafts", "")}
        ],
        "page": numbered(rows, request),
        "drafts": {code: waiting for code, waiting, _last in drafts},
    }
    return render(request, "policies/list.html", context)


def _version(code: str, number: int | None = None) -> PolicyVersion:
    """One version; without a number the one in force, else the latest."""
    rows = PolicyVersion.objects.filter(code=code)
    if number is not None:
        return get_object_or_404(rows, version=number)
    found = rows.filter(status=PolicyVersion.Status.PUBLISHED).first() or rows.order_by("-version").first()
    if found is None:
        raise Http404
    return found


@page("policies.view")
@require_safe
def policy(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """One version: what it says, whether its examples hold now, its text, and the others."""
    return _page(request, _version(code, number), PublishForm())


def _page(request: HttpRequest, version: PolicyVersion, form: PublishForm, status: int = 200) -> HttpResponse:
    history = PolicyVersion.objects.filter(code=version.code).defer("data", "source").order_by("-version")
    in_force = next((one for one in history if one.status == PolicyVersion.Status.PUBLISHED), None)
    tool = registry.checker(version.code)
    # The database keeps the keys of an object in an order of its own; the text has the order people gave them.
    written = writing.read(version.source) if version.source else version.data
    content = {key: value for key, value in written.items() if key not in ("name", "basis", "examples")}
    context = {
        "version": version,
        "content": content,
        "problems": list(tool.problems(version.data)) if tool else [],
        "examples": registry.tried(version.code, version.data),
        "source": writing.shown(version.source, version.data),
        "history": history,
        "in_force": in_force,
        "tones": TONES,
        "publish_form": form,
        "may_rehearse": tool is not None and tool.rehearse is not None and actor_of(request).may("policies.draft"),
        "may_publish": actor_of(request).may("policies.publish") and version.status == "draft",
    }
    return render(request, "policies/version.html", context, status=status)


@page("policies.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A new draft, begun from a version. What does not parse says in which line; what was typed stays."""
    base = _version(code, number)
    initial = {"source": writing.shown(base.source, base.data), "based_on": base.version}
    form = DraftForm(request.POST or None, initial=initial)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        made, problems = _draft(request, code, form)
        if made is not None:
            messages.success(request, _("已存为草稿第 %(number)s 版。试过例子再发布。") % {"number": made.version})
            return redirect("policies:version", code, made.version)
    context = {"form": form, "base": base, "problems": problems}
    return render(request, "policies/edit.html", context, status=422 if form.errors else 200)


def _draft(request: HttpRequest, code: str, form: DraftForm) -> tuple[PolicyVersion | None, list[str]]:
    """The draft, or what is wrong put on the form. Failing examples do not keep a draft from being kept."""
    source = form.cleaned_data["source"].replace("\r\n", "\n")
    try:
        data = writing.read(source)
    except writing.Unreadable as error:
        form.add_error("source", str(error))
        return None, []
    tool = registry.checker(code)
    if tool is not None and (problems := _problems(tool, data)):
        form.add_error("source", _("有 %(count)s 处不对，改好才能存。") % {"count": len(problems)})
        return None, problems
    try:
        actor = actor_of(request)
        return commands.draft(actor, code=code, data=data, basis=form.cleaned_data["basis"], source=source), []
    except Refused as refused:
        form.add_error("basis" if refused.field == "basis" else None, str(refused))
        return None, []


def _problems(tool: registry.Checker, data: dict[str, Any]) -> list[str]:
    try:
        return list(tool.problems(data))
    except Exception as error:  # a shape the checker never thought of must not lose what was typed
        return [f"{_('缺少必要的内容，或者类型不对')}（{type(error).__name__}: {error}）"]


@page("policies.publish")
@require_POST
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put a draft in force, with its basis, after its own examples passed."""
    version = _version(code, number)
    form = PublishForm(request.POST)
    if form.is_valid():
        with beside(form):
            commands.publish(actor_of(request), version, basis=form.cleaned_data["basis"])
            messages.success(request, _("已发布。此后开始的按这一版，已经开始的仍按原来的版本。"))
            return redirect("policies:policy", code)
    return _page(request, version, form, status=422)


@page("policies.draft")
@require_safe
def rehearse(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A version tried on what happened last month, before it is published. Nothing is changed by it."""
    version = _version(code, number)
    tool = registry.checker(code)
    if tool is None or tool.rehearse is None:
        raise Http404
    problems = list(tool.problems(version.data))
    found = None if problems else tool.rehearse(code, version.data)
    return render(request, "policies/rehearsal.html", {"version": version, "problems": problems, "found": found})


@page("policies.view")
@require_safe
def compare(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What changed from one version to another."""
    after = _version(code, number)
    asked = request.GET.get("with", "")
    others = list(
        PolicyVersion.objects.filter(code=code).exclude(pk=after.pk).defer("data", "source").order_by("-version")
    )
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    chosen = next((one for one in others if one.version == wanted), None)
    chosen = chosen or next((one for one in others if one.version < after.version), others[0] if others else None)
    before = _version(code, chosen.version) if chosen is not None else None
    lines = (
        writing.compare(writing.shown(before.source, before.data), writing.shown(after.source, after.data))
        if before is not None
        else []
    )
    fields = [
        {
            "name": "with",
            "label": _("与哪一版比较"),
            "kind": "select",
            "value": before.version if before else "",
            "choices": [(str(one.version), f"第 {one.version} 版（{one.get_status_display()}）") for one in others],
        }
    ]
    context = {"after": after, "before": before, "lines": lines, "fields": fields}
    return render(request, "policies/compare.html", context)
