"""Invented residents of the focus sub-district: families, tenants, owners who live elsewhere, and whom somebody looks after.

Names are put together from short lists; telephone numbers are of a series that is not given out. Everything goes through the bulk form of the
register, in a few batches of different days, so that some reviews are due and others are not.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from linli.base.actor import Actor
from linli.doors.demo.people import FOCUS
from linli.people.residents.commands import register_many
from linli.people.residents.queries import today
from linli.places.addresses.models import Dwelling

HOMES = 1100
# How many days ago each batch was entered: reviews of the old are due after 90 days, of the ill after 30.
BATCHES = (12, 45, 75, 100)
_SURNAMES = "安白卞蔡岑程崔邓丁董段范方冯高葛龚顾关郭韩郝贺侯胡霍江姜蒋康孔赖黎梁廖林凌柳卢陆吕毛孟苗莫倪牛潘庞彭齐钱秦邱任沈施石史宋苏谭汤唐陶田童万汪韦魏温文吴伍武夏萧谢熊徐薛严颜姚叶尹余袁岳曾章赵郑钟邹"
_OLD = ["桂兰", "秀珍", "玉华", "淑芬", "德福", "国栋", "凤英", "永年", "长河", "宝山", "素云", "志清"]
_GROWN = ["海燕", "建军", "丽娟", "晓东", "文博", "春梅", "明辉", "静怡", "俊杰", "红霞", "少华", "立新"]
_YOUNG = ["子涵", "一诺", "雨桐", "浩然", "思源", "佳宁", "乐天", "小满"]


def load(actor: Actor) -> int:
    """Write the residents; returns how many. The same on every load of the same day."""
    homes = list(
        Dwelling.objects.filter(region_code__startswith=FOCUS, valid_to=None)
        .order_by("id")
        .values_list("pk", flat=True)[:HOMES]
    )
    teller, day, written = replace(actor, name="演示（虚构）"), today(), 0
    random = Random("residents")  # noqa: S311 (a demo, no secret)
    share = -(-len(homes) // len(BATCHES))
    for number, ago in enumerate(BATCHES):
        part = homes[number * share : (number + 1) * share]
        rows = [row for home in part for row in _household(home, day.year, random)]
        written += len(register_many(teller, rows, source="demo", as_of=day - timedelta(days=ago)))
    return written


def _household(home: int, year: int, random: Random) -> list[dict[str, Any]]:
    """Who lives behind one door: nobody, tenants, an old couple, or a family of two or three generations."""
    luck = random.random()
    if luck < 0.08:
        return [_person(home, random, year, _GROWN, 30, 60, kind="owner", lives=False)]
    if luck < 0.25:
        return [
            _person(
                home, random, year, _GROWN, 20, 40, kind="tenant", household_key=str(number), head=True, care=["tenant"]
            )
            for number in range(random.choice((1, 1, 2)))
        ]
    name = random.choice(_SURNAMES)
    if luck < 0.45:
        first = _person(home, random, year, _OLD, 66, 90, kind="owner", head=True, care=["old"])
        second = _person(
            home, random, year, _OLD, 66, 88, care=["old", *(["ill"] if random.random() < 0.2 else [])], consent="self"
        )
        return [first, second][: random.choice((1, 2, 2))]
    mother: dict[str, Any] = {}
    if random.random() < 0.03:
        mother = {"care": ["pregnant"], "consent": "self", "sex": "2"}
    family = [
        _person(home, random, year, _GROWN, 28, 55, surname=name, kind="owner", head=True),
        _person(home, random, year, _GROWN, 28, 55) | mother,
    ]
    if random.random() < 0.6:
        child = _person(home, random, year, _YOUNG, 1, 15, surname=name, phone="")
        family.append(
            child | {"guardian_name": family[0]["name"], "guardian_phone": family[0]["phone"]}
            | ({"care": ["young"], "consent": "guardian"} if random.random() < 0.1 else {})
        )  # fmt: skip
    if random.random() < 0.25:
        family.append(_person(home, random, year, _OLD, 62, 85, surname=name, care=["old"]))
    if random.random() < 0.03:
        family[0] |= {"care": ["disabled"], "consent": "self"}
    return family


def _person(
    home: int, random: Random, year: int, given: list[str], least: int, most: int, *, surname: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "dwelling": home,
        "name": (surname or random.choice(_SURNAMES)) + random.choice(given),
        "sex": random.choice("12"),
        "birth_year": year - random.randint(least, most),
        "phone": f"1990000{random.randint(0, 9999):04d}",
    } | more
