"""What residents of the demo asked about their information, who asks for whom, and a list that waits for a second person."""

from datetime import timedelta

from linli.base.actor import Actor
from linli.base.clockwork import frozen, now
from linli.base.privacy import commands
from linli.base.privacy.queries import today
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.people.residents.models import Person

# (days ago, kind, words, outcome and answer)
ASKED = (
    (
        9,
        "correct",
        "手机号换了，请改成登记在电费单上的那个，方便时来核实。",
        ("done", "网格员上门核实后已经改好，请核对。"),
    ),
    (
        6,
        "complain",
        "上个月有人看了我家的电话，是为什么事？",
        ("done", "是走访复核时约时间，查看前写明了用途；以后提前打招呼。"),
    ),
    (4, "forget", "租的房子退了，下个月就搬走，请删掉我的登记。", None),
    (2, "withdraw", "不用再来看望了，谢谢。", None),
    (1, "correct", "出生年份写错了一年。", None),
)


def load(actor: Actor) -> str:
    """Needs residents and posts; the same on every load of the same day."""
    posts = {post.account.login: post for post in Post.objects.filter(account__demo=True).select_related("account")}
    secretary = next(actor_of(post) for post in posts.values() if post.role == "community_secretary" and post.title)
    leader = next(actor_of(post) for post in posts.values() if post.role == "leader")
    mine = Person.objects.filter(region_code__startswith=min(secretary.regions, key=len), merged_into=None)
    people = list(mine.order_by("id").values_list("pk", flat=True)[: len(ASKED) + 1])
    moment = now()
    for (days, kind, words, told), person in zip(ASKED, people, strict=False):
        with frozen(moment - timedelta(days=days)):
            pk = commands.ask(actor, kind=kind, subject_kind="residents.person", subject_id=person, words=words)
        if told:
            with frozen(moment - timedelta(days=days - 2)):
                commands.answer(leader if kind == "complain" else secretary, pk, outcome=told[0], answer=told[1])
    if people:
        commands.authorise(
            actor, subject_kind="residents.person", subject_id=people[-1], relation="child", name="虚构的女儿",
            phone="13800000001", basis="委托书原件、户口簿（演示）", starts=today(), ends=today() + timedelta(days=365),
        )  # fmt: skip
    commands.take(
        secretary,
        what="居民台账",
        conditions="居民台账",
        address="/residents/export.csv?purpose=check",
        rows=812,
        purpose="check",
    )
    return f"个人信息请求 {len(people[: len(ASKED)])} 件"
