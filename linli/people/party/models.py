"""Party organisations: their form, every change with its document, and the cards of their members.

What they are called and where they stand is kept by the room of organisations; here is what only party organisations have.
Cards live in this room alone, and nothing anywhere else says who is a member.
"""

from django.db import models
from django.db.models import F, Q

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField
from linli.people.accounts.models import Post
from linli.people.organisations.models import Organisation, TermReminder
from linli.places.addresses.models import Building


class PartyOrganisation(models.Model):
    """What is particular to one party organisation. One without a row is ordinary, of a community."""

    class Form(models.TextChoices):
        ORDINARY = "ordinary", "单独组建"
        JOINT = "joint", "联合组建"
        PROVISIONAL = "provisional", "临时党支部"
        FUNCTIONAL = "functional", "功能型党支部（联盟）"

    class Exemplary(models.TextChoices):
        STANDING = "standing", "已建成示范点"
        MAKING = "making", "正在打造"

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, verbose_name="组织", related_name="party", primary_key=True
    )
    form = models.CharField("组建形式", max_length=12, choices=Form, default=Form.ORDINARY)
    # A field of work of the policy `party`: community, village, enterprise, social ...
    domain = models.CharField("领域", max_length=20, default="community")
    # A provisional branch is over on this day.
    ends_by = models.DateField("期满日", null=True, blank=True)
    project = models.CharField("所在工程或任务", max_length=80, blank=True)
    exemplary = models.CharField("示范点", max_length=8, choices=Exemplary, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        constraints = [
            models.CheckConstraint(condition=~Q(form="provisional") | Q(ends_by__isnull=False), name="provisional_ends")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.form}"


class Change(models.Model):
    """One act on party organisations with the document it rests on. Rows are added, never changed."""

    class Kind(models.TextChoices):
        ENTER = "enter", "登记已有"
        FOUND = "found", "成立"
        RENAME = "rename", "更名"
        MOVE = "move", "调整隶属"
        SPLIT = "split", "拆分"
        MERGE = "merge", "合并"
        REGROUP = "regroup", "拆分重组"
        JOINT = "joint", "成立联合党支部"
        PROVISIONAL = "provisional", "成立临时党支部"
        FUNCTIONAL = "functional", "成立功能型党支部（联盟）"
        DISSOLVE = "dissolve", "撤销"
        UNDO = "undo", "撤回登记"

    kind = models.CharField("变动", max_length=12, choices=Kind)
    on = models.DateField("生效日")
    basis = models.CharField("批准文件", max_length=120)
    # Why a limit of the policy was passed, with leave.
    exception = models.CharField("例外理由", max_length=200, blank=True)
    # The longest code that holds every organisation of the act.
    region_code = models.CharField("区划", max_length=24, db_collation="C", blank=True)
    by_name = models.CharField("登记人", max_length=60)
    at = models.DateTimeField("登记时间")
    # The act that this one takes back, because it was entered wrongly.
    undoes = models.OneToOneField(
        "self", models.PROTECT, verbose_name="撤回的变动", related_name="undone_by", null=True, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "党组织变动"
        indexes = [models.Index(fields=["on", "kind"], name="party_change_on")]
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"


class ChangePart(models.Model):
    """An organisation's part in a change, with its name before and after."""

    class Role(models.TextChoices):
        SOURCE = "source", "变动前"
        RESULT = "result", "变动后"
        UNIT = "unit", "覆盖单位"

    change = models.ForeignKey(Change, models.PROTECT, verbose_name="变动", related_name="parts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="party_changes")
    role = models.CharField("位置", max_length=8, choices=Role)
    name = models.CharField("当时名称", max_length=80)
    # Cards that it had before, or has after the act.
    members = models.PositiveIntegerField("党员数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "变动涉及组织"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "organisation", "role"], name="change_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.role} {self.organisation_id}"


class ChangeTrace(models.Model):
    """What a change wrote, row by row, before and after: what it takes to take it back. Ids and days, no names of people."""

    change = models.OneToOneField(Change, models.PROTECT, verbose_name="变动", related_name="trace", primary_key=True)
    # [table, id, values before or null, values after]
    steps = models.JSONField("逐行", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "变动明细"

    def __str__(self) -> str:
        return f"{self.change_id}"


class Coverage(models.Model):
    """What a party organisation stands for: a unit (joint, alliance, in a firm) or a building (a group)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="covers")
    unit = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="单位", related_name="covered_by", null=True, blank=True
    )
    building = models.ForeignKey(
        Building, models.PROTECT, verbose_name="楼栋", related_name="covered_by", null=True, blank=True
    )
    starts = models.DateField("从")
    until = models.DateField("到（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "覆盖"
        constraints = [
            models.CheckConstraint(condition=Q(unit=None) ^ Q(building=None), name="coverage_of_one"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("starts")), name="coverage_days"),
            models.UniqueConstraint(
                fields=["organisation", "unit"], condition=Q(until=None) & Q(building=None), name="coverage_unit_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "building"],
                condition=Q(until=None) & Q(unit=None),
                name="coverage_building_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.unit_id or self.building_id}"


class MemberCard(models.Model):
    """One member, for those who keep the rolls. Name and number are sealed; nothing else is asked."""

    class Standing(models.TextChoices):
        FORMAL = "formal", "正式党员"
        PROBATIONARY = "probationary", "预备党员"

    class Reason(models.TextChoices):
        TRANSFERRED = "transferred", "组织关系转出"
        DIED = "died", "去世"
        LEFT = "left", "出党"
        MISTAKEN = "mistaken", "登记有误"

    # Where the branch stands; moves with the card.
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    name = SealedField("party.membercard.name", keyed_by="id", verbose_name="姓名", mask=masks.name)
    name_index = BlindIndexField("name", verbose_name="姓名索引", null=True)
    phone = SealedField("party.membercard.phone", keyed_by="id", verbose_name="电话", mask=masks.phone, null=True)
    phone_index = BlindIndexField("phone", verbose_name="电话索引", null=True)
    joined_on = models.DateField("入党日期")
    # None: still on probation.
    formal_on = models.DateField("转正日期", null=True, blank=True)
    # The firm or social organisation where the member works, when it is one of the register.
    unit = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="工作单位", related_name="+", null=True, blank=True
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    ended_for = models.CharField("终止原因", max_length=12, choices=Reason, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "党员卡"
        constraints = [
            models.CheckConstraint(condition=Q(formal_on=None) | Q(formal_on__gte=F("joined_on")), name="card_formal"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_for="") | (Q(ended_on__isnull=False) & ~Q(ended_for="")),
                name="card_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["name_index"], name="card_name"),
            models.Index(fields=["phone_index"], name="card_phone"),
            models.Index(fields=["region_code"], name="card_region"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Membership(models.Model):
    """In which branch a card is, from a day until another: in exactly one on any day (an exclusion constraint).

    `attached`: on the roll of a provisional or functional branch beside; the membership itself does not move.
    """

    card = models.ForeignKey(MemberCard, models.PROTECT, verbose_name="党员卡", related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="memberships")
    attached = models.BooleanField("编入但不转组织关系", default=False)
    starts = models.DateField("从")
    until = models.DateField("到（不含）", null=True, blank=True)
    change = models.ForeignKey(
        Change, models.PROTECT, verbose_name="变动", related_name="memberships", null=True, blank=True
    )
    basis = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("starts")), name="membership_days"),
        ]
        indexes = [
            models.Index(fields=["organisation", "attached"], condition=Q(until=None), name="membership_now"),
            models.Index(fields=["card"], name="membership_card"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} → {self.organisation_id}"


class UnitSurvey(models.Model):
    """How many formal members work in a firm or a social organisation, as found on a day. A number, never who."""

    unit = models.ForeignKey(Organisation, models.PROTECT, verbose_name="单位", related_name="party_surveys")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    members = models.PositiveIntegerField("正式党员数")
    on = models.DateField("摸排日期")
    source = models.CharField("来源", max_length=120)
    by_name = models.CharField("登记人", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "两新摸排"
        constraints = [models.UniqueConstraint(fields=["unit", "on"], name="unit_survey_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on} {self.members}"


class TermNotice(models.Model):
    """That a term runs out was said to whoever held a post that minds it where the organisation stands. Once for each."""

    reminder = models.ForeignKey(TermReminder, models.PROTECT, verbose_name="换届提醒", related_name="notices")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    at = models.DateTimeField("送达时间")

    class Meta:
        verbose_name = verbose_name_plural = "换届提醒送达"
        constraints = [models.UniqueConstraint(fields=["post", "reminder"], name="term_notice_once")]

    def __str__(self) -> str:
        return f"{self.reminder_id} → {self.post_id}"
