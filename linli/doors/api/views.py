"""The same acts as resources. No rule lives here: commands decide, this file translates."""

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from linli import __version__
from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.doors.api import schemas
from linli.insight.indicators import queries as indicators
from linli.matters.cases import commands, listing
from linli.matters.cases.first_page import first_page
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to
from linli.people.organisations.queries import directory
from linli.places.regions import locating
from linli.procedures import queries as procedures
from linli.procedures.handling import Handling

SAYS_NO = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), schemas.Problem)

# Acts of the API and how the recorded fields become arguments of their commands.
ACTS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "dispatch": (commands.dispatch, {"organisation": "to", "note": "note"}),
    "redirect": (commands.redirect, {"organisation": "to", "note": "note"}),
    "refuse_return": (commands.refuse_return, {"note": "note"}),
    "rule": (commands.rule, {"organisation": "to", "clause": "clause", "note": "note"}),
    "convene": (commands.convene, {"note": "note"}),
    "invite": (commands.invite, {"organisation": "to", "note": "note"}),
    "speak": (commands.speak, {"note": "note", "clause": "clause"}),
    "hang_up": (
        commands.hang_up,
        {"reason": "reason", "promise": "promise", "until": "until", "note": "note", "channel": "told"},
    ),
    "review_hang_up": (commands.review_hang_up, {"note": "note", "until": "until"}),
    "lift": (commands.lift, {"note": "note"}),
    "supervise": (commands.supervise, {"note": "note"}),
    "decline": (commands.decline, {"reason": "reason", "note": "note", "same_as": "same_as"}),
    "ask_exemption": (commands.ask_exemption, {"reason": "reason", "note": "note", "materials": "materials"}),
    "grant_exemption": (commands.grant_exemption, {"note": "note"}),
    "refuse_exemption": (commands.refuse_exemption, {"note": "note"}),
    "share": (commands.share, {"organisation": "to", "note": "note"}),
    "reclassify": (commands.reclassify, {"category": "category", "note": "note"}),
    "remind": (commands.remind, {"note": "note"}),
    "accept": (commands.accept, {}),
    "return": (commands.return_, {"ground": "ground", "note": "note", "materials": "materials"}),
    "dispute": (commands.dispute, {"ground": "ground", "note": "note"}),
    "hand": (commands.hand, {"post": "post", "note": "note"}),
    "contact": (commands.contact, {"reached": "reached", "channel": "channel", "note": "note"}),
    "visit": (commands.visit, {"note": "note"}),
    "measure": (commands.measure, {"note": "note"}),
    "support": (commands.support, {"organisation": "to", "note": "note"}),
    "support_done": (commands.support_done, {"note": "note"}),
    "extend": (commands.extend, {"amount": "amount", "note": "note"}),
    "ask_extension": (commands.ask_extension, {"amount": "amount", "note": "note"}),
    "pause": (commands.pause, {"reason": "reason", "note": "note"}),
    "resume": (commands.resume, {"note": "note"}),
    "answer": (commands.answer, {"note": "note"}),
    "callback": (commands.callback, {"reached": "reached", "channel": "channel", "note": "note"}),
    "settle": (
        commands.settle,
        {
            "reachable": "reachable",
            "resolved": "resolved",
            "satisfaction": "satisfaction",
            "reason": "reason",
            "again": "again",
            "channel": "channel",
        },
    ),
}
NEEDED = {
    "dispatch": ("organisation",), "redirect": ("organisation", "note"), "rule": ("organisation", "clause", "note"),
    "support": ("organisation", "note"), "reclassify": ("category",), "hand": ("post",), "return": ("ground", "note", "materials"),
    "dispute": ("ground", "note"), "visit": ("note",), "measure": ("note",), "support_done": ("note",), "extend": ("amount", "note"),
    "ask_extension": ("amount", "note"),
    "convene": ("note",), "invite": ("organisation",), "speak": ("note",), "hang_up": ("reason", "promise", "until", "note"),
    "review_hang_up": ("note",), "lift": ("note",), "supervise": ("note",), "decline": ("reason", "note"),
    "ask_exemption": ("reason", "note", "materials"), "grant_exemption": ("note",), "refuse_exemption": ("note",),
    "share": ("organisation", "note"),
    "pause": ("reason", "note"), "answer": ("note",), "contact": ("reached",), "callback": ("reached",), "refuse_return": ("note",),
}  # fmt: skip


def _signed_in(request: HttpRequest) -> Actor | None:
    """A session needs its CSRF token for unsafe methods, as any form; a key needs none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.signed_in:
        return None
    if "Authorization" not in request.headers and request.method not in ("GET", "HEAD"):
        refused = CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, _checked, (), {})
        if refused is not None:
            raise HttpError(403, "请带上 CSRF 令牌，或者用接口密钥。")
    return actor


def _checked(request: HttpRequest) -> HttpResponse:
    """Stands for a view that wants its CSRF token checked."""
    return HttpResponse()


api = NinjaAPI(
    title="邻里 Linli",
    version=__version__,
    description="诉求的登记、派单、办理、回访与指标。每个不安全的请求都应带 Idempotency-Key；同一个键再来，得到第一次的应答。",
    auth=_signed_in,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,  # the description is served by pages.openapi
)


def problem(status: int, title: str, detail: str = "", field: str | None = None, rule: str = "") -> HttpResponse:
    body = {"title": title, "status": status, "detail": detail, "field": field, "rule": rule}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(error.status, error.message, "", error.field, error.rule)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    return problem(422, "请求的内容不对", str(first.get("msg", "")), str(first.get("loc", ("",))[-1]))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


def _plain(body: Any, status: int = 200) -> HttpResponse:
    """A large answer as it is, without validating every row a second time."""
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=_moment), status=status, content_type="application/json"
    )


def _moment(value: Any) -> str:
    return str(value.isoformat())


def _row(row: dict[str, Any]) -> dict[str, Any]:
    labels = directory()
    return {
        "number": row["number"],
        "title": masks.scrub(row["title"]),
        "step": row["step"],
        "round": row["round"],
        "service_class": row["service_class"],
        "region_code": row["region_code"],
        "holder": labels.label(row["holder_id"]),
        "category": row["case__category"],
        "kind": row["case__kind"],
        "channel": row["case__channel"],
        "place": row["case__place_text"],
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
        "due_at": row["due_at"],
        "paused": row["paused"],
    }


def _may(request: HttpRequest, right: str) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.may(right):
        raise HttpError(403, "这个岗位没有这项权限。")
    return actor


@api.get("/cases", response={200: schemas.Rows, **SAYS_NO}, summary="我能看到的诉求，一页一页", url_name="cases")
def cases(
    request: HttpRequest,
    tab: Annotated[str, Query(max_length=20, pattern="^[a-z]*$")] = "mine",
    after: Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")] = "",
    before: Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")] = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
    step: Annotated[str, Query(max_length=30, pattern="^[a-z_]*$")] = "",
    category: Annotated[str, Query(max_length=60, pattern="^[a-z_.]*$")] = "",
    region: Annotated[str, Query(max_length=24, pattern="^[0-9]*$")] = "",
) -> HttpResponse:
    actor = _may(request, "cases.view")
    chosen = listing.TABS.get(tab)
    if chosen is None or not actor.may(chosen.right):
        raise HttpError(404, "没有这个列表。")
    moment = now()
    asked = {"step": step, "category": category, "region": region}
    if after or before:
        rows = listing.filtered(listing.cases(actor, chosen, moment), asked, moment)
        page = listing.page(rows, chosen, after=after, before=before, size=size)
    else:
        page = first_page(actor, chosen, asked, moment, size=size)
    return _plain({"cases": [_row(row) for row in page.rows], "after": page.after, "before": page.before})


@api.post("/cases", response={201: schemas.Filed, **SAYS_NO}, summary="登记一件诉求", url_name="file")
def file(request: HttpRequest, filing: schemas.Filing) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filed = commands.file(actor, channel="api", **filing.model_dump())
    return _plain({"number": filed["number"]}, 201)


@api.get(
    "/cases/{number}", response={200: schemas.Detail, **SAYS_NO}, summary="一件诉求和它的办理记录", url_name="case"
)
def case(request: HttpRequest, number: Annotated[schemas.Number, Path()]) -> HttpResponse:
    actor = _may(request, "cases.view")
    row = visible_to(actor).filter(proceeding__number=number).first()
    if row is None:
        raise HttpError(404, "没有找到这件诉求。")
    return _plain(_detail(actor, row))


def _detail(actor: Actor, row: Case) -> dict[str, Any]:
    proceeding = row.proceeding
    shape = procedures.definition_of(proceeding)
    labels = directory()
    handling = Handling.load(proceeding.pk)
    acts = [act for act in shape.acts_at(proceeding.step) if act.code in ACTS]
    facts = {name: getattr(row, name.removeprefix("case__")) for name in listing.COLUMNS if name.startswith("case__")}
    facts |= {name: getattr(proceeding, name) for name in listing.COLUMNS if not name.startswith("case__")}
    return {
        **_row(facts),
        "text": masks.scrub(row.text),
        "entries": [
            {
                "seq": entry.seq,
                "act": entry.act,
                "name": shape.acts[entry.act].name,
                "at": entry.at,
                "by": entry.actor_name,
                "unit": labels.label(entry.organisation_id) if entry.organisation_id else "",
                "note": masks.scrub(entry.note),
            }
            for entry in procedures.timeline(proceeding)
        ],
        "entry_count": proceeding.entry_count,
        "acts": [act.code for act in acts if actor.may(f"cases.{act.code}") and handling.involves(actor, *act.who)],
        "resolved": row.resolved,
        "satisfaction": row.satisfaction,
    }


@api.post("/cases/{number}/{act}", response={200: schemas.Filed, **SAYS_NO}, summary="对一件诉求办一步", url_name="act")
def act(
    request: HttpRequest,
    number: Annotated[schemas.Number, Path()],
    act: Annotated[str, Path(pattern="^[a-z_]{1,30}$")],
    body: schemas.Act,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if act not in ACTS:
        raise HttpError(404, "没有这项操作。")
    command, fields = ACTS[act]
    given = body.model_dump()
    for name in NEEDED.get(act, ()):
        if given[name] in (None, ""):
            raise Refused("缺少这一项。", field=name)
    found = procedures.visible_to(actor).filter(number=number, kind="case").values_list("pk", flat=True).first()
    if found is None:
        raise Refused("没有找到这件诉求，或者它不在您的工作范围内。", status=404)
    values = {argument: given[name] for name, argument in fields.items() if given[name] not in (None, "")}
    command(actor, found, seen=body.seen, **values)
    return _plain({"number": number})


@api.get("/locate", response={200: schemas.Located, **SAYS_NO}, summary="一个点在哪个网格", url_name="locate")
def locate(
    request: HttpRequest,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
) -> dict[str, Any]:
    found = locating.locate(longitude, latitude)
    return {"code": found.code, "reason": found.reason}


@api.get("/figures", response={200: schemas.Figures, **SAYS_NO}, summary="一个区划一段时间的指标", url_name="figures")
def figures(
    request: HttpRequest,
    region: Annotated[str, Query(min_length=9, max_length=24, pattern="^[0-9]*$")],
    first: Annotated[date, Field(), Query()],
    last: Annotated[date, Field(), Query()],
) -> dict[str, Any]:
    _may(request, "boards.view")
    period = indicators.Period(first, last)
    measures = indicators.total(indicators.by_region(region, period, 12))
    return {
        "region_code": region,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "figures": {code: value.text for code, value in indicators.values(measures).items()},
        "measures": measures,
    }
