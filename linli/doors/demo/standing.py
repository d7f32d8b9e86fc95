"""What goes otherwise in the demo: declined, hung up, exempted, supervised, shared out, ruled on. A few of each, deterministic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from linli.base.actor import Actor
from linli.base.prepared import objects
from linli.matters.cases import commands
from linli.people.organisations.queries import directory
from linli.procedures.models import Proceeding

_DECLINED = [
    ("legal_way", "这件事已经在法院立案，请等法院的判决；街道不能代替法院处理。"),
    ("emergency", "电话里已经请您马上拨 119，消防已经到场。"),
    ("beyond", "这是您与网店之间的退货纠纷，请通过平台客服或者 12315 解决。"),
]
_HANG_UPS = [
    ("funds", "列入下一批老旧管网改造，到时逐户通知", "更换整段管道要一笔改造资金，已经报上去，批下来就开工。"),
    ("planning", "规划批复后开工增设车位", "增设车位要改绿地，须先报规划审批，批复前不能动工。"),
    ("many_parties", "业主投票通过后启动电梯大修", "动用维修资金要业主表决，居委会正在组织投票。"),
    ("season", "天气转暖后补种树木、修复草坪", "现在不是栽种季节，开春后补种。"),
]
_REVIEWS = ["已核对：还在原来的安排里，日期不变。", "已向主管部门催过一次，材料已补齐。"]
_EXEMPTIONS = [
    ("proceedings", "诉求人已向法院起诉，案件在审。", "受理案件通知书（复印件）"),
    ("not_in_power", "超出街道职权，已书面上报区里。", "上报函一份"),
    ("data_error", "回访时误选“未解决”，录音可核对。", "回访录音编号"),
]
_OPINIONS = [
    "楼道和院内公共部位由物业维护，请物业先处理。",
    "涉及公共设施移交手续，手续齐全的我们接手。",
    "社区可以协助联系居民，没有执法权。",
]
_CLAUSES = ["regulation-14", "regulation-17", "state-66", "catalogue"]
_ASIDE = ["给楼前的坑铺平，立警示牌。", "派人清运楼道里的大件杂物。", "核对这家商户的经营手续。"]
Plan = Callable[[datetime, str], None]
Of = Callable[..., Actor | None]


def proceeding(case: int) -> Proceeding:
    """Where a case stands now."""
    (row,) = objects(Proceeding, "WHERE id = %s", [case])
    return row


@dataclass(slots=True)
class Aside:
    """One case's turns off the straight road. `of` finds who holds a role in an organisation."""

    case: int
    of: Of

    def luck(self, what: str) -> Random:
        return Random(f"{what} {self.case}")  # noqa: S311

    def row(self) -> Proceeding:
        return proceeding(self.case)

    def leader(self, row: Proceeding) -> Actor | None:
        office = directory().answering(row.region_code, "sub_district_office")
        return self.of(office.id, "leader") if office else None

    def head(self, row: Proceeding) -> Actor | None:
        """Whoever may speak for the lead."""
        return self.of(row.lead_id, "community_secretary", "department_clerk") if row.lead_id else None

    def decline(self, desk: Actor) -> bool:
        luck = self.luck("decline")
        if luck.random() >= 0.08:
            return False
        reason, note = luck.choice(_DECLINED)
        commands.decline(desk, self.case, reason=reason, note=note)
        return True

    def visit(self, at: datetime, plan: Plan) -> None:
        """While somebody works on it: hung up, supervised, or a share given out, now and then."""
        row, luck = self.row(), self.luck("visit")
        head, leader, chance = self.head(row), self.leader(row), luck.random()
        if head is None:
            return
        if chance < 0.014:
            reason, promise, note = luck.choice(_HANG_UPS)
            until = (at + timedelta(days=luck.randint(25, 160))).date()
            told = "telephone" if luck.random() < 0.8 else "link"
            commands.hang_up(head, self.case, reason=reason, promise=promise, until=until, note=note, told=told)
            plan(at + timedelta(days=30), "review")
            if luck.random() < 0.8:
                plan(at + timedelta(days=luck.randint(20, 120)), "lift")
        elif chance < 0.03 and leader is not None:
            commands.supervise(leader, self.case, note="群众反映强烈，请三天内拿出办法。")
        elif chance < 0.045:
            others = [one for one in directory().within(row.region_code[:9], "department") if one.id != row.lead_id]
            if others:
                commands.share(head, self.case, to=luck.choice(others).id, note=luck.choice(_ASIDE), waits=False)

    def review(self, at: datetime, plan: Plan, desk: Actor) -> None:
        if self.row().step == "hung_up":
            commands.review_hang_up(desk, self.case, note=self.luck(f"review {at}").choice(_REVIEWS))
            plan(at + timedelta(days=30), "review")

    def lift(self, at: datetime, plan: Plan) -> None:
        row = self.row()
        head = self.head(row)
        if head is not None and row.step == "hung_up":
            commands.lift(head, self.case, note="条件具备了，恢复办理。")
            plan(at + timedelta(days=2), "answer")

    def deliberate(self, desk: Actor) -> bool:
        """A returned case that the desk does not decide alone: parties heard, a ruling by a clause."""
        luck, row = self.luck("deliberate"), self.row()
        head, here = self.head(row), directory().answering(row.region_code, "community")
        if head is None or here is None or here.id == row.lead_id or luck.random() >= 0.6:
            return False
        commands.convene(desk, self.case, note="两家都认为归对方，请说明依据。")
        commands.invite(desk, self.case, to=here.id)
        commands.speak(head, self.case, note=luck.choice(_OPINIONS), clause="catalogue")
        if (secretary := self.of(here.id, "community_secretary")) is not None:
            commands.speak(secretary, self.case, note=_OPINIONS[2], clause="regulation-17")
        note = "仍由原单位牵头，社区协助联系居民；以后同类的照此办理。"
        commands.rule(desk, self.case, to=row.lead_id or here.id, clause=luck.choice(_CLAUSES), note=note)
        return True

    def settled(self) -> None:
        """After an unhappy answer a unit may ask to be judged without it; somebody else decides."""
        row, luck = self.row(), self.luck("exempt")
        head, leader = self.head(row), self.leader(row)
        if head is None or leader is None or luck.random() >= 0.12:
            return
        reason, note, materials = luck.choice(_EXEMPTIONS)
        commands.ask_exemption(head, self.case, reason=reason, note=note, materials=materials)
        chance = luck.random()
        if chance < 0.5:
            commands.grant_exemption(leader, self.case, note="材料齐全，同意。")
        elif chance < 0.75:
            commands.refuse_exemption(leader, self.case, note="材料不能说明问题，不同意。")
