"""The register that communities keep: firms, shops, social organisations, owners' committees, partner units."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import next_pks, seal_into
from linli.base.exchange import identifiers
from linli.base.facts import noting
from linli.base.facts.noting import Given
from linli.people.organisations import history, queries, rules
from linli.people.organisations.commands.checking import day_of, name_of, reach, region_of, still_there, today
from linli.people.organisations.models import Contact, Organisation, Service, Standing
from linli.places.addresses.models import Building, Compound
from linli.places.regions.models import Region

# What a correction may touch; the name and the parent have a history of their own.
CORRECTED = ("unified_code", "address", "service_phone", "compound", "building", "region_code", "valid_from")
NO_SOURCE = Given()
TEXTS = {"name": 80, "short_name": 30, "address": 120, "service_phone": 30}


def _code(text: str) -> str:
    try:
        return rules.credit_code(text) if text.strip() else ""
    except ValueError as error:
        raise Refused(str(error), field="unified_code", rule="GB 32100-2015") from error


def _kept(actor: Actor, organisation: Organisation) -> None:
    """Refused unless it is of the register and lies where this actor keeps it."""
    still_there(organisation)
    if organisation.kind not in rules.REGISTERED:
        raise Refused(_("街道、部门、社区和党的组织不在这里登记。"), rule="台账范围")
    reach(actor, organisation.region_code)


@command("organisations.enter", right="organisations.register")
def enter(
    actor: Actor,
    *,
    name: str,
    kind: str,
    region_code: str,
    short_name: str = "",
    unified_code: str = "",
    address: str = "",
    service_phone: str = "",
    compound: Compound | None = None,
    building: Building | None = None,
    valid_from: date | None = None,
    given: Given = NO_SOURCE,
) -> Organisation:
    """Enter one organisation into the register. unified_code: eighteen signs (GB 32100-2015), or none.

    Refused: a kind that administrators keep, a code that does not check or is there already, a place out of reach.
    """
    if kind not in rules.REGISTERED:
        raise Refused(_("请从清单里选类别。"), field="kind")
    reach(actor, region_of(region_code))
    if kind == Organisation.Kind.OWNERS_COMMITTEE and compound is None:
        raise Refused(_("请选是哪个小区的业主委员会。"), field="compound")
    try:
        with transaction.atomic():
            made = Organisation.objects.create(
                name=name_of(name),
                kind=kind,
                region_code=region_code,
                short_name=short_name.strip()[:30],
                unified_code=_code(unified_code),
                address=address.strip()[:120],
                service_phone=service_phone.strip()[:30],
                compound=compound,
                building=building,
                valid_from=valid_from,
                **noting.columns(actor, given),
            )
    except IntegrityError as error:
        raise _twice(error) from error
    history.begin(made)
    noting.note(actor, "organisation", made.pk, region_code, {"": ("", made.name)}, given)
    queries.forget()
    return made


def _twice(error: IntegrityError) -> Refused:
    if "organisation_code_once" in str(error):
        return Refused(_("这个统一社会信用代码已经登记过。"), field="unified_code")
    return Refused(_("这个区划里已经有同名同类的组织。"), field="name")


@command("organisations.correct", right="organisations.register")
def correct(actor: Actor, organisation: Organisation, *, given: Given, **values: Any) -> Organisation:
    """Correct facts of the register; each keeps what it was, who says otherwise, and why.

    values: any of `CORRECTED`. Refused: no reason, nothing changed, a fact that has a history of its own.
    """
    _kept(actor, organisation)
    noting.needs_reason(given)
    if unknown := set(values) - set(CORRECTED):
        raise Refused(_("%(what)s不能在这里更正。") % {"what": "、".join(sorted(unknown))})
    if "unified_code" in values:
        values["unified_code"] = _code(values["unified_code"] or "")
    if "region_code" in values:
        reach(actor, region_of(values["region_code"]))
    changed = noting.changes(organisation, values)
    if not changed:
        raise Refused(_("没有改动。"))
    for field, value in values.items():
        setattr(organisation, field, value)
    for field, value in noting.columns(actor, given).items():
        setattr(organisation, field, value)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise _twice(error) from error
    if "region_code" in values:
        organisation.contacts.update(region_code=organisation.region_code)
    noting.note(actor, "organisation", organisation.pk, organisation.region_code, changed, given)
    detail(fields=sorted(changed))
    queries.forget()
    return organisation


@command("organisations.leave", right="organisations.register")
def leave(actor: Actor, organisation: Organisation, *, basis: str, on: date | None = None) -> Organisation:
    """It has closed down or moved away: from that day it is no more. Refused: no ground, work or people hang on it."""
    _kept(actor, organisation)
    day = day_of(on)
    if not basis.strip():
        raise Refused(_("请写明原因。"), field="basis")
    if words := queries.in_the_way(organisation, day):
        raise Refused(_("还不能注销：%(what)s。") % {"what": "；".join(words)}, rule="撤销前先交接")
    history.end(organisation, on=day)
    organisation.contacts.filter(ends=None).update(ends=day)
    organisation.services.filter(ends=None).update(ends=day)
    detail(basis=basis.strip()[:120])
    closed = {"valid_to": ("", str(day))}
    noting.note(
        actor, "organisation", organisation.pk, organisation.region_code, closed, Given(source=basis.strip()[:120])
    )
    announce("organisations.closed", {"organisation": organisation.pk})
    return organisation


@command("organisations.serve", right="organisations.register")
def serve(
    actor: Actor,
    firm: Organisation,
    *,
    compound: Compound,
    starts: date,
    ends: date | None = None,
    basis: str = "",
    party_led_since: date | None = None,
) -> Service:
    """A property firm serves a compound from a day to a day; party_led_since: since when under 党建引领.

    Refused: no property firm, another one serves then.
    """
    still_there(firm)
    if firm.kind != Organisation.Kind.PROPERTY_FIRM:
        raise Refused(_("只有物业企业可以登记服务的小区。"))
    reach(actor, compound.region_code)
    if ends is not None and ends < starts:
        raise Refused(_("结束不能早于开始。"), field="ends")
    if other := queries.serving(compound, starts, ends):
        raise Refused(
            _("%(name)s这段时间由%(firm)s服务，先结束它。") % {"name": compound.name, "firm": other.firm},
            field="compound",
            rule="一个小区同时一家物业",
        )
    return Service.objects.create(
        firm=firm,
        compound=compound,
        starts=starts,
        ends=ends,
        basis=basis.strip()[:120],
        party_led_since=party_led_since,
    )


@command("organisations.lead_service", right="organisations.register")
def lead_service(actor: Actor, service: Service, *, since: date | None = None) -> Service:
    """From that day the compound is served under 党建引领 (红色物业). Refused: before the service began, said already."""
    reach(actor, service.compound.region_code)
    day = day_of(since)
    if service.party_led_since is not None:
        raise Refused(_("已经登记了党建引领。"))
    if day < service.starts or (service.ends is not None and day > service.ends):
        raise Refused(_("那天还没有在这里服务。"), field="since")
    service.party_led_since = day
    service.save(update_fields=["party_led_since"])
    return service


@command("organisations.serve_many", right="organisations.register")
def serve_many(actor: Actor, *, services: Sequence[tuple[int, int]], starts: date, basis: str = "") -> int:
    """Many firms serve many compounds from one day on, all or none; returns how many. services: (firm, compound) by id.

    Refused: no property firm in use, a compound out of reach, one that somebody serves then.
    """
    firms = Organisation.objects.filter(kind=Organisation.Kind.PROPERTY_FIRM, valid_to=None)
    known = set(firms.filter(pk__in={firm for firm, _compound in services}).values_list("pk", flat=True))
    if unknown := {firm for firm, _compound in services} - known:
        raise Refused(_("只有物业企业可以登记服务的小区。"), field=str(min(unknown)))
    for code in set(
        Compound.objects.filter(pk__in={one for _firm, one in services}).values_list("region_code", flat=True)
    ):
        reach(actor, code)
    words = basis.strip()[:120]
    rows = [Service(firm_id=firm, compound_id=compound, starts=starts, basis=words) for firm, compound in services]
    try:
        with transaction.atomic():
            Service.objects.bulk_create(rows, batch_size=2000)
    except IntegrityError as error:
        raise Refused(_("有的小区这段时间已有物业企业服务。"), rule="一个小区同时一家物业") from error
    detail(services=len(rows))
    return len(rows)


@command("organisations.end_service", right="organisations.register")
def end_service(actor: Actor, service: Service, *, ends: date | None = None) -> Service:
    """The last day on which the firm serves the compound; yesterday when left out."""
    reach(actor, service.compound.region_code)
    last = ends or today() - timedelta(days=1)
    if service.ends is not None and service.ends <= last:
        raise Refused(_("这项服务已经结束。"))
    service.ends = max(last, service.starts)
    service.save(update_fields=["ends"])
    return service


# What one row of a sheet may say; the rest is somebody else's.
ROW = (*TEXTS, "kind", "region_code", "unified_code", "compound", "building", "valid_from")
CONTACT = ("contact_name", "contact_phone", "contact_title")


def check_many(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, str]]:
    """(row from 0, field, reason) of everything that stops these rows; the same questions to the database for any
    number of them.

    A row: name, kind (code or Chinese), region_code; may have short_name, unified_code, address, service_phone,
    compound and building (ids), valid_from, contact_name, contact_phone, contact_title.
    """
    found: list[tuple[int, str, str]] = []
    regions = {str(row.get("region_code", "")) for row in rows}
    known = set(Region.objects.filter(code__in=regions, valid_to=None).values_list("code", flat=True))
    codes: dict[str, int] = {}
    named: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows):
        name, kind, region = str(row.get("name") or "").strip(), kind_of(row), str(row.get("region_code") or "")
        if not name or len(name) > 80:
            found.append((number, "name", "请填写名称，不超过 80 个字"))
        if kind not in rules.REGISTERED:
            found.append((number, "kind", "类别应当是企业、商户、社会组织、业主委员会、物业企业或共建单位"))
        if kind == Organisation.Kind.OWNERS_COMMITTEE and not row.get("compound"):
            found.append((number, "compound", "业主委员会要写明小区"))
        if region not in known:
            found.append((number, "region_code", "没有这个区划"))
        elif not within(actor, region):
            found.append((number, "region_code", "这个区划不在您的工作范围内"))
        for field, most in TEXTS.items():
            if len(str(row.get(field) or "")) > most and field != "name":
                found.append((number, field, f"不超过 {most} 个字"))
        try:
            code = rules.credit_code(str(row["unified_code"])) if row.get("unified_code") else ""
        except ValueError as error:
            found.append((number, "unified_code", str(error)))
            code = ""
        if code and codes.setdefault(code, number) != number:
            found.append((number, "unified_code", f"和第 {codes[code] + 1} 行的代码相同"))
        if named.setdefault((kind, name, region), number) != number:
            found.append((number, "name", f"和第 {named[kind, name, region] + 1} 行是同一个组织"))
        if row.get("contact_phone"):
            try:
                identifiers.phone(str(row["contact_phone"]))
            except ValueError as error:
                found.append((number, "contact_phone", str(error)))
            if not row.get("contact_name"):
                found.append((number, "contact_name", "有电话要写姓名"))
    there = Organisation.objects.filter(valid_to=None)
    known_codes = there.filter(unified_code__in=codes).values_list("unified_code", flat=True)
    found += [(codes[code], "unified_code", "这个代码已经登记过") for code in known_codes]
    names = {name for _kind, name, _region in named}
    keys = there.filter(name__in=names).values_list("kind", "name", "region_code")
    found += [(named[key], "name", "已经登记过") for key in keys if key in named]
    return sorted(found)


def kind_of(row: Mapping[str, Any]) -> str:
    """The kind by its code or its Chinese name, "" when it is neither."""
    text = str(row.get("kind") or "").strip()
    return next((code for code, label in Organisation.Kind.choices if text in (code, str(label))), "")


def within(actor: Actor, region_code: str) -> bool:
    return actor.everything or any(region_code.startswith(prefix) for prefix in actor.regions)


@command("organisations.enter_many", right="organisations.register")
def enter_many(actor: Actor, rows: Sequence[Mapping[str, Any]], *, given: Given = NO_SOURCE) -> list[int]:
    """Enter many at once, all or none: the rows of `check_many`. Returns their ids in the order of the rows.

    Refused with the first problem; `rule` is "row:<number from 1>".
    """
    if problems := check_many(actor, rows):
        number, field, reason = problems[0]
        raise Refused(
            _("第 %(number)d 行：%(reason)s。") % {"number": number + 1, "reason": reason},
            field=field,
            rule=f"row:{number + 1}",
        )
    sourced = noting.columns(actor, given)
    made = [
        Organisation(
            pk=pk,
            kind=kind_of(row),
            region_code=row["region_code"],
            unified_code=rules.credit_code(str(row["unified_code"])) if row.get("unified_code") else "",
            compound_id=row.get("compound"),
            building_id=row.get("building"),
            valid_from=row.get("valid_from"),
            **{field: str(row.get(field) or "").strip() for field in TEXTS},
            **sourced,
        )
        for pk, row in zip(next_pks(Organisation, len(rows)), rows, strict=True)
    ]
    Organisation.objects.bulk_create(made)
    Standing.objects.bulk_create(
        Standing(organisation=one, name=one.name, short_name=one.short_name, starts=one.valid_from) for one in made
    )
    _contacts([(one, row) for one, row in zip(made, rows, strict=True) if row.get("contact_name")])
    entered = [(one.pk, one.region_code, {"": ("", one.name)}) for one in made]
    noting.Fact.objects.bulk_create(noting.facts(actor, "organisation", entered, given))
    detail(count=len(made))
    queries.forget()
    return [one.pk for one in made]


def _contacts(given: Sequence[tuple[Organisation, Mapping[str, Any]]]) -> None:
    rows = []
    for pk, (one, row) in zip(next_pks(Contact, len(given)), given, strict=True):
        contact = Contact(
            pk=pk,
            organisation=one,
            region_code=one.region_code,
            title=str(row.get("contact_title") or "")[:40],
            starts=today(),
        )
        phone = identifiers.phone(str(row["contact_phone"])) if row.get("contact_phone") else ""
        seal_into(contact, name=str(row["contact_name"]).strip()[:40], phone=phone)
        rows.append(contact)
    Contact.objects.bulk_create(rows)
