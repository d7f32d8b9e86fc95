"""What is wrong, where, and how to reach you: one question first, then one page, then the receipt."""

from typing import Any

import segno
from django.conf import settings
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from linli.base import clockwork
from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.throttle import TooMany, address, spend
from linli.base.ui.words import local, span
from linli.doors.portal import known, labels, limits, photos, places, progress, rules
from linli.doors.portal.forms import PLACE_FIELDS, QuestionForm, ReportForm
from linli.doors.portal.policy import site
from linli.doors.portal.submitting import Sending, sending
from linli.doors.portal.views.showing import private, show, wait
from linli.matters.cases.commands import file
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import tracking_code
from linli.places.regions import locating
from linli.procedures import queries as procedures


@page.public("the residents' first page")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _first(request, QuestionForm())


def _first(request: HttpRequest, form: QuestionForm, status: int = 200) -> HttpResponse:
    hints = rules.hints(site()["hints"], local(clockwork.now()).month)
    known_cases = bool(known.resident(request).proceedings)
    return show(request, "portal/home.html", status=status, form=form, hints=hints, known_cases=known_cases)


@page.public("anybody may report what is wrong, without an account")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """GET: the empty form; with `at`, a code from a wall, its place filled in. POST `do`: start (comes from the first page), find (search a place), send."""
    if request.method != "POST":
        at = request.GET.get("at", "")[:20]
        return _page(request, ReportForm(initial=labels.initial(at)), about=labels.about(at))
    step = request.POST.get("do", "send")
    if step == "start":
        first = QuestionForm(request.POST)
        if not first.is_valid():
            return _first(request, first, status=422)
        return _page(request, ReportForm(initial=_typed(request)))
    taken = photos.Taken()
    try:
        taken = photos.take(request, known.resident(request))
        if step == "find":
            return _page(request, ReportForm(initial=_typed(request)), taken=taken)
        return _send(request, taken)
    except TooMany as refused:
        form = ReportForm(initial=_typed(request))
        words = _("同一个网络短时间内提交得太多了，请等 %(wait)s再提交。您填写的都还在。") % {
            "wait": span(refused.seconds)
        }
        return wait(_page(request, form, taken=taken, warning=words), refused)


def _send(request: HttpRequest, taken: photos.Taken) -> HttpResponse:
    form = ReportForm(request.POST)
    good = form.is_valid()
    this = sending(request, "file", form.facts() if good else {})
    same, earlier = this.answers() if good else (None, None)
    if same is not None:
        return _filed(request, same)
    if earlier is not None:
        words = _(
            "这张表刚才已经提交过，编号 %(number)s。现在写的如果是另一件事，请再按一次提交；是补充，请到那件里补充。"
        )
        return _page(request, form, taken=taken, status=409, warning=words % {"number": earlier["number"]})
    if taken.problems:
        good = False
    urgent = rules.emergencies(form.cleaned_data.get("text", ""), site()["emergencies"])
    told = set(request.POST.getlist("told"))
    if good and {one.call for one in urgent} <= told:
        spend(limits.FILE, address(request))
        try:
            return _filed(request, _file(request, form, taken, this))
        except Refused as refused:
            if refused.rule == "idempotency" and (same := this.answers()[0]) is not None:
                return _filed(request, same)
            form.add_error(_field(form, refused.field), refused.message)
    return _page(request, form, taken=taken, status=422)


def _file(request: HttpRequest, form: ReportForm, taken: photos.Taken, this: Sending) -> dict[str, Any]:
    actor = known.resident(request)
    with known.eyes(request, actor), this.once():
        answer: dict[str, Any] = file(actor, **form.facts(), files=taken.ids)
    return answer


def _filed(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    known.remember(request, answer["id"], filed=True)
    return redirect("portal:receipt", answer["number"])


def _field(form: ReportForm, name: str | None) -> str | None:
    name = PLACE_FIELDS.get(name or "", name)
    return name if name in form.fields else None


def _typed(request: HttpRequest) -> dict[str, str]:
    """Everything typed, for a form that is shown again without judging it."""
    return {name: request.POST.get(name, "") for name in ReportForm.base_fields if name in request.POST}


def _page(
    request: HttpRequest,
    form: ReportForm,
    *,
    taken: photos.Taken | None = None,
    status: int = 200,
    warning: str = "",
    about: Any = None,
) -> HttpResponse:
    taken = taken or photos.Taken()
    place, words = str(form["place"].value() or ""), str(form["place_q"].value() or "")
    urgent = rules.emergencies(str(form["text"].value() or ""), site()["emergencies"])
    chosen = places.chosen(place) if place else None
    # What has been chosen stands alone until somebody searches again.
    found = places.search(words) if chosen is None or request.POST.get("do") == "find" else []
    return show(
        request,
        "portal/report.html",
        status=status,
        form=form,
        warning=warning,
        about=about or labels.about(str(form["at"].value() or "")),
        photos=taken,
        photo_errors=ErrorList(taken.problems),
        urgent=urgent,
        found=found,
        chosen=chosen,
        searched=bool(words.strip()),
        buildings=places.buildings(place) if chosen else [],
        communities=places.community_choices(),
        **_point(form, chosen),
    )


def _point(form: ReportForm, chosen: places.Found | None) -> dict[str, Any]:
    """The point marked before and the map it lies on; a mark that lies nowhere is left out."""
    here = places.sub_districts()
    try:
        point = float(form["longitude"].value() or ""), float(form["latitude"].value() or "")
        located = locating.locate(*point)
    except ValueError:
        return {"street": None, "sub_districts": here, "longitude": "", "latitude": ""}
    code = (located.code or (chosen.sub_district if chosen else ""))[:9]
    street = next((row for row in here if row.code == code), None)
    longitude, latitude = point if located.code else ("", "")
    return {"street": street, "sub_districts": here, "longitude": longitude, "latitude": latitude}


@page.public("names of compounds and communities are public facts")
@require_safe
def find_place(request: HttpRequest) -> HttpResponse:
    """A fragment: what matches the words typed so far."""
    words = request.GET.get("place_q", "")[:60]
    return show(
        request, "portal/_found.html", found=places.search(words), chosen=None, searched=bool(words.strip()), said=[]
    )


@page.public("building numbers are public facts")
@require_safe
def find_building(request: HttpRequest) -> HttpResponse:
    """A fragment: the buildings of the chosen compound."""
    place = request.GET.get("place", "")[:40]
    return show(request, "portal/_buildings.html", buildings=places.buildings(place), building="", said=[])


@page.public("boundaries of regions are public facts")
@require_safe
def pick_place(request: HttpRequest) -> HttpResponse:
    """A fragment: the map of one sub-district to point at, or the list of sub-districts to choose one from."""
    here = places.sub_districts()
    wanted = request.GET.get("street", "")[:9]
    found = places.chosen(request.GET.get("place", "")[:40])
    if not wanted and found is not None:
        wanted = found.sub_district
    if len(here) == 1:
        wanted = here[0].code
    street = next((row for row in here if row.code == wanted), None)
    return show(request, "portal/_pick.html", street=street, sub_districts=here, longitude="", latitude="", said=[])


@page.public("the receipt is shown to the browser that filed the case")
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    actor = known.resident(request)
    moment = clockwork.now()
    with known.eyes(request, actor):
        found = progress.of(actor, number, moment)
        version = (
            procedures.visible_to(actor).filter(number=number).values_list("case__tracking_version", flat=True).first()
        )
    if found is None or version is None:
        return redirect(f"{reverse('portal:track')}?{_query(number)}")
    if not known.filed_here(request, found.id):
        return redirect("portal:case", number)
    code = tracking_code(tracking_secret(), found.number, version)
    target = absolute(request, reverse("portal:track"))
    return private(
        show(
            request,
            "portal/receipt.html",
            case=found,
            code=code,
            track_url=target,
            qr=_qr(f"{target}#{found.number}/{code}"),
            promise=progress.promise_words(found.promise, moment),
            urgent=rules.emergencies(found.text, site()["emergencies"]),
        )
    )


def _query(number: str) -> str:
    from django.utils.http import urlencode

    return urlencode({"number": number[:40]})


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address of a path of ours."""
    scheme = "https" if settings.HTTPS else request.scheme
    return f"{scheme}://{request.get_host()}{path}"


def _qr(address_: str) -> Markup:
    """A square that leads to the progress page. What stands behind the # never leaves the phone that reads it."""
    drawn = segno.make(address_, error="m").svg_inline(scale=4, border=3, svgclass="qr", lineclass=None, light="white")
    return Markup(drawn)  # noqa: S704 (made by segno from our own address)
