"""Invented firms, owners' committees, party organisations and those who answer for doors, in the focus sub-district.

All names are put together from short lists, and telephone numbers are of a series that is not given out. No unit has a unified
social credit code: one that checks might be somebody's.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from linli.base.actor import Actor
from linli.base.facts.noting import Given
from linli.doors.demo.people import FOCUS, STARTS
from linli.people.accounts.models import Post
from linli.people.answering import commands as answering
from linli.people.answering import queries as queries_of_doors
from linli.people.answering.models import Charge
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation, Service
from linli.people.organisations.rules import add_months
from linli.people.party import commands as party
from linli.people.party import queries
from linli.people.party.commands import Into
from linli.people.party.commands.common import today
from linli.places.addresses import demo
from linli.places.addresses.models import Building, Compound

KINDS = Organisation.Kind
COMMUNITIES = 4  # that have entered everything; the others show what is still missing
_SURNAMES = "安白卞蔡岑程崔邓丁董段范方冯高葛龚顾关郭韩郝贺侯胡霍江姜蒋康孔赖黎梁廖林凌柳卢陆吕毛孟苗莫"
_GIVEN = ["桂兰", "建军", "玉华", "志清", "晓东", "明辉", "国栋", "红霞", "永年", "立新", "秀珍", "长河"]
_SHOPS = ["五金店", "便民超市", "早点铺", "理发店", "药店", "打印店", "鲜果店", "修车铺"]
_WORDS = ["春和", "瑞祥", "同心", "百福", "安泰", "晨曦", "和美", "锦绣", "远航", "长青"]
_SOCIAL = ["邻里互助会", "书画社", "合唱团", "银龄服务社"]
_FIRMS = ["印务有限公司", "机电有限公司", "文化有限公司", "餐饮有限公司"]
_BASIS = "街党工委决定（演示）"


def load(actor: Actor) -> tuple[int, int, int]:
    """Write them; returns how many units, members and charges. The same on every load of the same day."""
    teller, random = replace(actor, name="演示（虚构）"), Random("units")  # noqa: S311 (a demo, no secret)
    communities = list(
        Organisation.objects.filter(kind=KINDS.COMMUNITY, region_code__startswith=FOCUS).order_by("region_code")
    )[:COMMUNITIES]
    last = communities[-1].region_code + "~"
    units = _units(teller, [one.region_code for one in communities], random)
    _services(actor)
    _compounds(teller, random, last)
    members = _members(teller, random, last)
    _changes(teller, units, last)
    charges = _charges(teller, [one.region_code for one in communities], random, last)
    charges += _across(teller, units, communities, random)
    _terms(teller, last)
    organisations.remind_terms(teller)
    return len(units), members, charges


def _person(random: Random) -> str:
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


def _units(actor: Actor, regions: list[str], random: Random) -> list[Organisation]:
    rows: list[dict[str, Any]] = []
    for number, region in enumerate(regions):
        word = _WORDS[number % len(_WORDS)]
        names = [(f"{word}{shop}", KINDS.SHOP) for shop in _SHOPS[:5]]
        names += [
            (f"{word}{_FIRMS[number % 4]}", KINDS.ENTERPRISE),
            (f"{word}{_FIRMS[(number + 1) % 4]}", KINDS.ENTERPRISE),
        ]
        names += [(f"{word}{_SOCIAL[number % 4]}", KINDS.SOCIAL_ORGANISATION)]
        rows += [
            {
                "name": f"{name}（演示{number + 1}）",
                "kind": kind,
                "region_code": region,
                "valid_from": STARTS - timedelta(days=random.randint(30, 3000)),
                "contact_name": _person(random),
                "contact_phone": f"1990000{len(rows) % 10_000:04}",
                "contact_title": "负责人",
            }
            for name, kind in names
        ]
    made = organisations.enter_many(actor, rows, given=Given(source="演示走访登记"))
    return list(Organisation.objects.filter(pk__in=made).order_by("pk"))


def _compounds(actor: Actor, random: Random, last: str) -> None:
    """Every sixth compound has an owners' committee."""
    compounds = Compound.objects.filter(region_code__startswith=FOCUS, region_code__lt=last, valid_to=None)
    compounds = compounds.order_by("region_code", "pk")
    day = today()
    for number, compound in enumerate(compounds):
        if number % 6 == 0:
            row = organisations.enter(
                actor,
                name=f"{compound.name}业主委员会",
                kind=KINDS.OWNERS_COMMITTEE,
                region_code=compound.region_code,
                compound=compound,
                given=Given(source="演示备案表"),
            )
            due = day + timedelta(days=random.choice((-40, 20, 80, 170, 600, 900)))
            organisations.begin_term(actor, row, starts=add_months(due, -60), due_on=due, basis="业主大会选举（演示）")


def _services(actor: Actor) -> None:
    """Every managed compound of the demo is served by a firm of its sub-district: the one of its community, or the next."""
    firms: dict[str, list[tuple[str, int]]] = {}
    rows = Organisation.objects.filter(kind=KINDS.PROPERTY_FIRM, valid_to=None).order_by("region_code", "pk")
    for key, code in rows.values_list("pk", "region_code"):
        firms.setdefault(code[:9], []).append((code, key))
    managed, services = demo.managed(), []
    for key, code, name in Compound.objects.order_by("pk").values_list("pk", "region_code", "name"):
        if (code, name) in managed and (near := firms.get(code[:9])):
            services.append((max((one for one in near if one[0] <= code), default=near[0])[1], key))
    organisations.serve_many(actor, services=services, starts=STARTS, basis="物业服务合同（演示）")


def _branches(last: str) -> list[Organisation]:
    return list(
        Organisation.objects.filter(
            kind=KINDS.GRID_BRANCH, region_code__startswith=FOCUS, region_code__lt=last
        ).order_by("region_code")
    )


def _members(actor: Actor, random: Random, last: str) -> int:
    """Cards for every branch: mostly a dozen, one very large, one very small."""
    count = 0
    for number, branch in enumerate(_branches(last)):
        size = 56 if number == 4 else 2 if number == 9 else 9 + number % 6
        party.enter_cards(
            actor,
            branch,
            rows=[
                {
                    "name": _person(random),
                    "phone": f"1991{number % 100:02}{one:05}",
                    "joined_on": date(1985 + random.randint(0, 38), 7, 1),
                    "formal_on": None if one == 8 else date(2024, 7, 1),
                    "starts": STARTS,
                }
                for one in range(size)
            ],
        )
        count += size
    return count


def _changes(actor: Actor, units: list[Organisation], last: str) -> None:
    """One of each kind of change, over the last year."""
    branches, day = _branches(last), today()

    def ago(days: int) -> date:
        return day - timedelta(days=days)

    large, first, second = branches[4], branches[0], branches[1]
    cards = queries.members_of(large.pk, ago(200))
    half = len(cards) // 2
    into = [
        Into(large.name, tuple(cards[:half]), organisation=large.pk),
        Into(f"{large.name}（二）", tuple(cards[half:])),
    ]
    party.split(actor, large, into=into, on=ago(200), basis=_BASIS)
    party.rename(actor, branches[2], name=branches[2].name.replace("党支部", "先锋党支部"), on=ago(150), basis=_BASIS)
    general = Organisation.objects.get(pk=first.parent_id or 0)
    buildings = Building.objects.filter(compound__region_code__startswith=first.region_code, valid_to=None).order_by(
        "pk"
    )
    stones = list(buildings.values_list("pk", flat=True))
    for number, (low, high) in enumerate(pairwise(range(0, min(len(stones), 8) + 1, 2)), 1):
        party.found(
            actor, name=f"{first.name}第{number}党小组", kind=KINDS.PARTY_GROUP, region_code=first.region_code, parent=first,
            on=ago(140), buildings=stones[low:high], basis=_BASIS,
        )  # fmt: skip
    firms = [unit for unit in units if unit.kind == KINDS.ENTERPRISE and unit.region_code == general.region_code]
    party.survey_unit(actor, firms[0], members=4, source="两新组织摸排（演示）", on=ago(60))
    joint = queries.members_of(second.pk, ago(120))[:4]
    others = [unit for unit in units if unit.kind == KINDS.ENTERPRISE and unit not in firms][:3]
    party.join_units(
        actor, name="商圈联合党支部（演示）", region_code=general.region_code, units=others, cards=joint, parent=general,
        on=ago(120), basis=_BASIS,
    )  # fmt: skip
    committee = Organisation.objects.get(kind=KINDS.PARTY_COMMITTEE, region_code=FOCUS)
    party.found_provisional(
        actor, name="老旧小区改造临时党支部（演示）", region_code=general.region_code, parent=general, project="老旧小区改造",
        ends_by=ago(-90), on=ago(90), cards=queries.members_of(first.pk, ago(90))[:3], basis=_BASIS,
    )  # fmt: skip
    firms = list(Organisation.objects.filter(kind=KINDS.PROPERTY_FIRM, region_code__startswith=FOCUS))
    party.found_alliance(
        actor, name="物业联盟党支部（演示）", region_code=FOCUS, parent=committee, on=ago(80), units=firms, basis=_BASIS
    )


def _terms(actor: Actor, last: str) -> None:
    """Running terms of committees, general branches and branches: a few over, a few near their end."""
    rows = Organisation.objects.filter(
        kind__in=(KINDS.PARTY_COMMITTEE, KINDS.GENERAL_BRANCH, KINDS.GRID_BRANCH),
        region_code__startswith=FOCUS,
        region_code__lt=last,
        valid_to=None,
    ).order_by("region_code", "pk")
    for number, row in enumerate(rows):
        if number % 7 == 6:
            continue  # nobody has entered it yet
        ahead = (-35, 20, 75, 160, 500, 900, 1200)[number % 7]
        starts = add_months(today() + timedelta(days=ahead), -60)
        party.begin_term(actor, row, starts=starts, basis="党员大会选举（演示）")


def _charges(actor: Actor, regions: list[str], random: Random, last: str) -> int:
    """Heads for most buildings, volunteers for grids, officials for compounds."""
    rows: list[dict[str, Any]] = []
    buildings = Building.objects.filter(
        compound__region_code__startswith=FOCUS, compound__region_code__lt=last, valid_to=None
    ).order_by("pk")
    for number, key in enumerate(buildings.values_list("pk", flat=True)):
        if number % 5 != 4:
            rows.append(
                {
                    "role": "building_head",
                    "building": key,
                    "name": _person(random),
                    "phone": f"1992000{number % 10_000:04}",
                    "basis": "居民推选（演示）",
                    "starts": STARTS,
                }
            )
    posts = Post.objects.filter(organisation__region_code=FOCUS, role__in=("leader", "department_clerk"), ends=None)
    officials = list(posts.order_by("pk").values_list("pk", "role"))
    compounds = Compound.objects.filter(region_code__startswith=FOCUS, region_code__lt=last, valid_to=None).order_by(
        "pk"
    )
    for number, key in enumerate(compounds.values_list("pk", flat=True)):
        if number % 4 != 3:
            post, role = officials[number % len(officials)]
            rows.append(
                {
                    "role": "official",
                    "compound": key,
                    "post": post,
                    "standing": "section_leader" if role == "leader" else "office_staff",
                    "basis": "包驻分工（演示）",
                    "starts": STARTS,
                }
            )
    rows += [
        {
            "role": "volunteer",
            "region_code": region,
            "name": _person(random),
            "phone": f"1993000{number:04}",
            "starts": STARTS,
        }
        for number, region in enumerate(regions)
    ]
    return len(answering.charge_many(actor, rows))


def _across(actor: Actor, units: list[Organisation], communities: list[Organisation], random: Random) -> int:
    """Advisers at firms without members, a branch that a leader keeps in touch with, posts held across in two communities, and
    a few homes called at."""
    leader = Post.objects.filter(organisation__region_code=FOCUS, role="leader", ends=None).order_by("pk").first()
    branch = _branches(communities[0].region_code + "~")[0]
    firms = [one for one in units if one.kind in (KINDS.ENTERPRISE, KINDS.SOCIAL_ORGANISATION)][-4:]
    rows: list[dict[str, Any]] = [
        {"role": "adviser", "serves": one.pk, "name": _person(random), "standing": "village_secretary"}
        for one in firms[:3]
    ]
    for community in communities[:2]:
        served = Service.objects.filter(compound__region_code__startswith=community.region_code, ends=None).order_by(
            "pk"
        )
        for one in served[:3]:
            organisations.lead_service(actor, one, since=add_months(one.starts, 6))
        service = served.first()
        worker = Post.objects.filter(organisation=community, role="community_worker", ends=None).first()
        if service is None or worker is None:
            continue
        rows += [
            {
                "role": "part_time_member", "serves": community.pk, "name": _person(random), "organisation": service.firm_id,
                "standing": "project_head",
            },
            {
                "role": "quality_supervisor", "serves": service.firm_id, "post": worker.pk, "standing": "committee_member",
            },
        ]  # fmt: skip
    if leader is not None:
        rows.append({"role": "contact_point", "serves": branch.pk, "post": leader.pk, "standing": "section_leader"})
    answering.charge_many(actor, [row | {"basis": "选派决定（演示）", "starts": STARTS} for row in rows])
    visited = Charge.objects.filter(role="official", compound__isnull=False).order_by("pk")[:4]
    for number, charge in enumerate(visited):
        homes = list(queries_of_doors.homes_of(charge).order_by("pk").values_list("pk", flat=True)[: 3 + number])
        if homes:
            answering.note_calls(actor, charge, dwellings=homes, on=today() - timedelta(days=10 * number + 3))
    return len(rows)
