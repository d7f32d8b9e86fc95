"""Invented people and organisations: who works where in the demo district."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import command
from linli.doors.demo.sign_ins import PASSWORD, SIGN_INS
from linli.people.accounts.models import Account, Post
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import forget
from linli.places.regions.demo import Record, records

FOCUS = "110106009"
STARTS = date(2024, 1, 1)

DEPARTMENTS = {
    "urban_management": "城市管理科",
    "utilities": "公用事业科",
    "safety": "应急管理科",
    "social_affairs": "民生保障科",
}
_SURNAMES = "安白卞蔡岑常陈程崔邓丁董杜段范方冯高葛龚顾关郭韩郝何贺侯胡黄霍贾江姜蒋金康孔赖雷黎李梁廖林凌刘柳卢陆罗吕马毛孟苗莫倪牛潘庞彭齐钱秦邱任沈施石史宋苏孙谭汤唐陶田童万汪王韦魏温文吴伍武夏萧谢熊徐许薛严颜杨姚叶尹于余袁岳曾张章赵郑钟周朱庄邹"
_GIVEN = "一诺 子涵 文博 思源 雨桐 晓东 志强 秀英 建华 丽娟 海燕 国庆 春梅 明辉 静怡 浩然 俊杰 桂兰 永康 红霞 立新 佳宁 凤琴 少华 玉洁 长安 文静 卫东 小满 清和"
_FIRMS = ["安居", "和风", "绿洲", "惠民", "晨光"]
_PARTNERS = ["第二中学", "图书馆", "中心小学", "中医门诊部", "供电服务站", "园林绿化队"]


@dataclass(slots=True)
class Staff:
    """Whom the lives of cases need: actors by organisation and role, and organisations by what they do."""

    organisations: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    posts: dict[tuple[int, str], list[Post]] = field(default_factory=dict)


@command("demo.people")
def people(actor: Actor) -> int:
    """Write the organisations, accounts and posts of the demo in bulk: the same rows that the single commands would write."""
    random = Random("people")  # noqa: S311
    regions = records()
    streets = [row for row in regions if len(row.code) == 9]
    made: list[tuple[Organisation, str, str, str]] = []
    for street in streets:
        made += _of_street(street, [row for row in regions if row.code.startswith(street.code) and len(row.code) > 9])
    _accounts(made, random)
    forget()
    return len(made)


def _organisation(
    name: str, kind: str, region: str, parent: Organisation | None = None, subject: str = ""
) -> Organisation:
    # A series that is not given out; only who answers residents has a number at the door.
    number = {Organisation.Kind.COMMUNITY: "6001", Organisation.Kind.PROPERTY_FIRM: "6002"}.get(kind, "")  # type: ignore[call-overload]
    return Organisation.objects.create(
        name=name, kind=kind, region_code=region, parent=parent, subject=subject, valid_from=STARTS,
        service_phone=f"010-{number}{region[8:12]}" if number else "",
    )  # fmt: skip


def _of_street(street: Record, below: list[Record]) -> list[tuple[Organisation, str, str, str]]:
    """The organisations of a sub-district; returns (organisation, role, region of the post, key) of every post to fill."""
    kinds = Organisation.Kind
    committee = _organisation(f"{street.name}党工委", kinds.PARTY_COMMITTEE, street.code)
    office = _organisation(f"{street.name}办事处", kinds.SUB_DISTRICT_OFFICE, street.code)
    desk = _organisation(f"{street.name}接诉即办派单台", kinds.DESK, street.code, office)
    posts = [
        (office, "leader", street.code, "office"),
        (office, "department_clerk", "", "clerk"),
        (office, "auditor", street.code, "office"),
        (office, "policy_editor", street.code, "office"),
        (office, "system_administrator", street.code, "office"),
        (committee, "party_clerk", street.code, "committee"),
        (desk, "dispatcher", street.code, "desk"),
        (desk, "call_taker", street.code, "desk"),
    ]
    for subject, name in DEPARTMENTS.items():
        department = _organisation(f"{street.short_name}{name}", kinds.DEPARTMENT, street.code, office, subject)
        posts.append((department, "department_clerk", "", subject))
    communities = [row for row in below if len(row.code) == 12]
    for number, community in enumerate(communities):
        name = community.name.removesuffix("居民委员会").removesuffix("居委会")
        branch = _organisation(f"{name}党总支", kinds.GENERAL_BRANCH, community.code, committee)
        home = _organisation(f"{name}居委会", kinds.COMMUNITY, community.code, office)
        first = number == 0
        posts.append((home, "community_secretary", community.code, "community" if first else ""))
        posts.append((home, "community_worker", community.code, "community" if first else ""))
        for order, grid in enumerate(
            row for row in below if row.code.startswith(community.code) and len(row.code) > 12
        ):
            _organisation(f"{grid.short_name}党支部", kinds.GRID_BRANCH, grid.code, branch)
            posts.append((home, "grid_worker", grid.code, "grid" if first and order == 0 else ""))
        if number % 4 == 0:
            firm = _organisation(
                f"{street.short_name}{_FIRMS[number // 4 % len(_FIRMS)]}物业服务公司",
                kinds.PROPERTY_FIRM,
                community.code,
            )
            posts.append((firm, "property_manager", "", "property" if first else ""))
        if number < len(_PARTNERS):
            _organisation(f"{street.short_name}{_PARTNERS[number]}", kinds.PARTNER_UNIT, community.code)
    return posts


def _accounts(made: list[tuple[Organisation, str, str, str]], random: Random) -> None:
    """One person for every post; the named ones in the focus sub-district can sign in, the others cannot."""
    moment = now()
    password = make_password(PASSWORD)
    wanted = {(role, key): login for login, (_name, role, _title, key) in SIGN_INS.items()}
    accounts = []
    titles = []
    for number, (organisation, role, _region, key) in enumerate(made):
        login = wanted.get((role, key)) if organisation.region_code.startswith(FOCUS) else None
        name = SIGN_INS[login][0] if login else random.choice(_SURNAMES) + random.choice(_GIVEN.split())
        titles.append(SIGN_INS[login][2] if login else "")
        accounts.append(
            Account(
                login=login or f"demo{number:04d}",
                name=name,
                demo=True,
                password=password if login else "!",
                created_at=moment,
            )
        )
    Account.objects.bulk_create(accounts)
    Post.objects.bulk_create(
        Post(account=account, role=role, organisation=organisation, region_code=region, title=title, starts=STARTS)
        for account, title, (organisation, role, region, _key) in zip(accounts, titles, made, strict=True)
    )


def staff() -> Staff:
    """Everybody of the demo, as the lives of cases look them up."""
    found = Staff()
    for organisation in Organisation.objects.all():
        found.organisations[
            organisation.kind if not organisation.subject else organisation.subject, organisation.region_code
        ] = organisation
    for post in Post.objects.select_related("account", "organisation").order_by("id"):
        found.posts.setdefault((post.organisation_id, post.role), []).append(post)
    return found
