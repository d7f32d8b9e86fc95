"""The fixed cast of every test: invented people in two communities of one sub-district, and the neighbour who must see nothing.

The geography is small and square: community A (…008) with grids 001 and 002, community B (…009) with grid 001.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from linli.base.actor import ANONYMOUS, RESIDENT_RIGHTS, Actor, system
from linli.base.scope import enter
from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY
from linli.people.accounts.models import Account, Post
from linli.people.accounts.queries import actor_of
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import forget as forget_directory
from linli.places.addresses.models import Building, Compound
from linli.places.regions.models import Region

STREET, HERE, THERE = "110106009", "110106009008", "110106009009"
GRID, GRID_2, GRID_THERE = f"{HERE}001", f"{HERE}002", f"{THERE}001"
# A Monday morning in an ordinary working week.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


def square(west: float, south: float, size: float = 0.01) -> dict[str, Any]:
    east, north = round(west + size, 6), round(south + size, 6)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


# code -> (name, west, south, size)
MAP = {
    "11": ("北京市", 116.2, 39.8, 0.2),
    "1101": ("市辖区", 116.2, 39.8, 0.2),
    "110106": ("丰台区", 116.2, 39.8, 0.2),
    STREET: ("丰台街道", 116.27, 39.85, 0.04),
    HERE: ("北大街北里社区", 116.27, 39.85, 0.02),
    GRID: ("第一网格", 116.27, 39.85, 0.01),
    GRID_2: ("第二网格", 116.28, 39.85, 0.01),
    THERE: ("东大街西里社区", 116.29, 39.87, 0.02),
    GRID_THERE: ("第一网格", 116.29, 39.87, 0.01),
}
POINT_HERE = (116.275, 39.855)
POINT_THERE = (116.295, 39.875)


@dataclass
class Cast:
    organisations: dict[str, Organisation] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    compound: Compound | None = None
    building: Building | None = None

    def __getattr__(self, name: str) -> Actor:
        """`cast.dispatcher` is the actor who acts through the dispatcher's post."""
        try:
            return actor_of(self.posts[name])
        except KeyError:
            raise AttributeError(name) from None

    @property
    def nobody(self) -> Actor:
        return ANONYMOUS

    def resident(self, *proceedings: int) -> Actor:
        return Actor(kind="resident", rights=RESIDENT_RIGHTS, proceedings=proceedings)

    def client(self, name: str | None = None) -> Client:
        """A browser signed in as this member of the cast, or as nobody."""
        client = Client()
        if name is not None:
            sign_in(client, self.posts[name])
        return client


def sign_in(client: Client, post: Post) -> None:
    """Give the client a session through this post, as the sign-in page would."""
    import time

    session = client.session
    session[SESSION_KEY] = str(post.account_id)
    session[HASH_SESSION_KEY] = post.account.get_session_auth_hash()
    session[POST_KEY] = post.pk
    session[SEEN_KEY] = session[SINCE_KEY] = int(time.time())
    session.save()
    client.cookies["linli"] = session.session_key


def make() -> Cast:
    """Build the cast. Must run inside a transaction; leaves the database in the system's scope."""
    enter(system("cast"))
    for code, (name, west, south, size) in MAP.items():
        Region.objects.create(
            code=code,
            name=name,
            short_name=name.removesuffix("社区"),
            polygon=square(west, south, size),
            west=west,
            south=south,
            east=round(west + size, 6),
            north=round(south + size, 6),
            longitude=west + size / 2,
            latitude=south + size / 2,
            area=1e6 * size,
            valid_from=date(2020, 1, 1),
            updated_at=MONDAY,
        )
    cast = Cast()
    kinds = Organisation.Kind
    for key, name, kind, subject, region in [
        ("committee", "丰台街道党工委", kinds.PARTY_COMMITTEE, "", STREET),
        ("office", "丰台街道办事处", kinds.SUB_DISTRICT_OFFICE, "", STREET),
        ("desk", "丰台街道接诉即办派单台", kinds.DESK, "", STREET),
        ("city", "城市管理科", kinds.DEPARTMENT, "urban_management", STREET),
        ("utilities", "公用事业科", kinds.DEPARTMENT, "utilities", STREET),
        ("safety", "应急管理科", kinds.DEPARTMENT, "safety", STREET),
        ("social", "民生保障科", kinds.DEPARTMENT, "social_affairs", STREET),
        ("here", "北大街北里社区居委会", kinds.COMMUNITY, "", HERE),
        ("there", "东大街西里社区居委会", kinds.COMMUNITY, "", THERE),
        ("property", "安居物业服务公司", kinds.PROPERTY_FIRM, "", HERE),
        ("partner", "区第二中学", kinds.PARTNER_UNIT, "", HERE),
    ]:
        cast.organisations[key] = Organisation.objects.create(name=name, kind=kind, subject=subject, region_code=region)
    for login, name, role, organisation, region in [
        ("call_taker", "何话务", "call_taker", "desk", STREET),
        ("dispatcher", "派小单", "dispatcher", "desk", STREET),
        ("leader", "凌主任", "leader", "office", STREET),
        ("clerk", "部经办", "department_clerk", "city", ""),
        ("secretary", "舒书记", "community_secretary", "here", HERE),
        ("worker", "佘工", "community_worker", "here", HERE),
        ("grid_worker", "戈格", "grid_worker", "here", GRID),
        ("grid_worker_2", "戈二", "grid_worker", "here", GRID_2),
        ("manager", "吴业", "property_manager", "property", ""),
        ("volunteer", "志原", "volunteer", "partner", HERE),
        ("auditor", "沈计", "auditor", "office", STREET),
        ("sysadmin", "习管", "system_administrator", "office", STREET),
        ("policy_editor", "郑策", "policy_editor", "office", STREET),
        ("party_clerk", "田组委", "party_clerk", "committee", STREET),
        ("neighbour", "林邻", "community_secretary", "there", THERE),
        ("neighbour_grid_worker", "林格", "grid_worker", "there", GRID_THERE),
        ("neighbour_party_clerk", "林组委", "party_clerk", "there", THERE),
        ("neighbour_clerk", "林办", "department_clerk", "social", ""),
    ]:
        account = Account.objects.create(login=login, name=name, created_at=MONDAY)
        cast.posts[login] = Post.objects.create(
            account=account,
            role=role,
            organisation=cast.organisations[organisation],
            region_code=region,
            starts=date(2020, 1, 1),
        )
    cast.compound = Compound.objects.create(
        name="春光里小区", search_name="春光里小区", region_code=GRID, longitude=POINT_HERE[0], latitude=POINT_HERE[1]
    )
    cast.building = Building.objects.create(
        compound=cast.compound,
        name="3号楼",
        key="3",
        region_code=GRID,
        order=3,
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
    )
    forget_directory()
    return cast
