"""Invented sites, things and construction sites of the demo. A few names come from the public texts; their places do not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from linli.places.addresses.models import Compound
from linli.places.sites.commands import NewConstruction, NewSite, NewThing
from linli.places.sites.models import Thing

INVENTED = "演示用，虚构"
NAMED = "名称见公开文稿；位置、时间为演示用，虚构"
OFFICE = "周一至周五 8:30-12:00 13:30-17:30；周六 9:00-12:00"

# Community -> (name, kind, services) as the texts have them.
FROM_TEXTS = {
    "630102003013": ("221红立方微综合体", "complex", ("history", "reading", "legal_aid", "livelihood", "social_work")),
    "630102003010": ("红色微芯站", "micro_station", ("reading", "rest", "history", "activities")),
    "630102003008": ("丽康瑞居红色议事厅", "council", ("deliberation", "mediation", "legal_aid")),
}
# What each community has beside its centre: every third a reading room, and so on.
_MORE = [
    ("activity_room", "文化活动室", ("activities", "reading"), "每天 9:00-20:00"),
    ("council", "议事厅", ("deliberation", "mediation"), "周二、四 14:00-17:00；周六 9:00-11:30"),
    ("volunteer", "志愿服务站", ("volunteering", "social_work", "rest"), "每天 8:00-18:00"),
    ("practice", "新时代文明实践站", ("history", "activities"), "周一至周六 9:00-17:00"),
    ("exhibition", "社区展厅", ("history",), "周二至周日 9:00-16:30"),
]
_THINGS = [
    ("污水井盖", "楼前污水井盖"), ("路灯", "主路路灯"), ("垃圾桶站", "垃圾分类桶站"), ("电动车棚", "电动车棚"),
    ("消火栓", "室外消火栓"), ("健身设施", "健身器材"), ("宣传栏", "宣传栏"), ("行道树", "行道树"), ("充电桩", "充电桩"),
]  # fmt: skip
_WORKS = ["雨污分流改造", "外墙保温", "供热管线更换", "加装电梯", "路面修复", "强弱电入地"]
_KEEPERS = ["某排水所", "某路灯所", "某物业公司", "某园林队", ""]


def sites(compounds: Sequence[Compound], communities: dict[str, str]) -> list[NewSite]:
    """A centre for each community and, for two of three, something more; at the gate of a compound."""
    found = []
    for number, (code, name) in enumerate(sorted(communities.items())):
        own = [row for row in compounds if row.region_code.startswith(code)]
        if not own:
            continue
        short = name.removesuffix("社区").removesuffix("村") or name
        centre = own[number % len(own)]
        site = NewSite(
            f"{short}党群服务中心", "party_centre", centre.region_code, centre.longitude, centre.latitude,
            address=f"{centre.name}南门", service_phone=f"010-6000{number:04d}", hours=OFFICE,
            services=("party_affairs", "livelihood", *(("legal_aid",) if number % 4 == 0 else ())), follows_calendar=True,
        )  # fmt: skip
        found.append(site)
        if number % 3 < 2:
            kind, word, services, hours = _MORE[number % len(_MORE)]
            other = own[(number + 1) % len(own)]
            found.append(
                replace(
                    site, name=f"{short}{word}", kind=kind, region_code=other.region_code, longitude=other.longitude,
                    latitude=other.latitude, address=f"{other.name}院内", hours=hours, services=services, follows_calendar=False,
                )
            )  # fmt: skip
        if code in FROM_TEXTS:
            title, kind, services = FROM_TEXTS[code]
            found.append(
                replace(site, name=title, kind=kind, services=services, hours="每天 9:00-21:00", follows_calendar=False)
            )
    return found


def things(compounds: Sequence[Compound]) -> list[NewThing]:
    """Four things at each compound, a few of them damaged."""
    random = Random("things")  # noqa: S311 (a demo, no secret)
    found = []
    for number, row in enumerate(compounds):
        for at in range(4):
            kind, word = _THINGS[(number + at * 2) % len(_THINGS)]
            luck = random.random()
            found.append(
                NewThing(
                    f"{row.name}{word}", kind, row.region_code,
                    round(row.longitude + random.uniform(-6e-4, 6e-4), 6), round(row.latitude + random.uniform(-4e-4, 4e-4), 6),
                    address=f"{row.name}{random.choice(('南门', '北门', '1号楼东侧', '院内'))}",
                    mark=f"{row.region_code[9:]}-{number:03d}{at}",
                    state=Thing.State.DAMAGED if luck < 0.04 else Thing.State.MISSING if luck < 0.05 else Thing.State.GOOD,
                    keeper=random.choice(_KEEPERS),
                )
            )  # fmt: skip
    return found


def constructions(compounds: Sequence[Compound], today: date) -> list[NewConstruction]:
    """Works here and there: some going on, some late, some still to come."""
    random = Random("works")  # noqa: S311 (a demo, no secret)
    found = []
    for number, row in enumerate(compounds):
        starts = today + timedelta(days=random.randint(-120, 30))
        found.append(
            NewConstruction(
                f"{row.name}{_WORKS[number % len(_WORKS)]}", f"某{random.choice(('市政', '建设', '热力'))}公司",
                row.region_code, row.longitude, row.latitude, starts, starts + timedelta(days=random.randint(40, 150)),
                address=f"{row.name}院内", service_phone=f"010-6100{number:04d}",
            )
        )  # fmt: skip
    return found
