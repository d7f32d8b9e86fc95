"""Organisations of every kind in one tree, and which of them answers for which region."""

from django.db import models
from django.db.models import F, Q

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField
from linli.base.facts.models import Sourced
from linli.places.addresses.models import Building, Compound


class Organisation(Sourced):
    class Kind(models.TextChoices):
        PARTY_COMMITTEE = "party_committee", "党（工）委"
        GENERAL_BRANCH = "general_branch", "社区党总支"
        GRID_BRANCH = "grid_branch", "网格党支部"
        BRANCH = "branch", "党支部"
        PARTY_GROUP = "party_group", "楼院党小组"
        SUB_DISTRICT_OFFICE = "sub_district_office", "街道办事处"
        DESK = "desk", "派单台"
        COMMUNITY = "community", "社区居委会"
        DEPARTMENT = "department", "职能部门"
        PROPERTY_FIRM = "property_firm", "物业企业"
        PARTNER_UNIT = "partner_unit", "共建单位"
        ENTERPRISE = "enterprise", "企业"
        SHOP = "shop", "商户"
        SOCIAL_ORGANISATION = "social_organisation", "社会组织"
        OWNERS_COMMITTEE = "owners_committee", "业主委员会"

    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=30, blank=True)
    kind = models.CharField("类别", max_length=24, choices=Kind)
    subject = models.CharField(
        "职责领域", max_length=40, blank=True, help_text="派单规则用它找到职能部门，如 urban_management"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级", related_name="children", null=True, blank=True
    )
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    service_phone = models.CharField("服务电话", max_length=30, blank=True)
    # GB 32100. Empty for what has none: party organisations, owners' committees before they are filed.
    unified_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    # The compound an owners' committee was elected in; the building a firm sits in or a party group stands in.
    compound = models.ForeignKey(
        Compound, models.PROTECT, verbose_name="小区", related_name="organisations", null=True, blank=True
    )
    building = models.ForeignKey(
        Building, models.PROTECT, verbose_name="楼栋", related_name="organisations", null=True, blank=True
    )
    valid_from = models.DateField("成立日期", null=True, blank=True)
    # The first day on which it is no more.
    valid_to = models.DateField("撤销日期", null=True, blank=True)
    # The same unit was on the register twice: this record was closed, and what hung on it went to that one.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", related_name="absorbed", null=True, blank=True, db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "组织"
        constraints = [
            # What is dissolved leaves its name to others: a branch merged away and one founded later may be named alike.
            models.UniqueConstraint(
                fields=["kind", "name", "region_code"], condition=Q(valid_to=None), name="organisation_once"
            ),
            models.UniqueConstraint(
                fields=["unified_code"], condition=~Q(unified_code="") & Q(valid_to=None), name="organisation_code_once"
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "kind"], name="organisation_region"),
            models.Index(fields=["parent"], name="organisation_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Responsibility(models.Model):
    """An organisation answers for a region: the community committee for its grids, a property firm for a compound's
    grid."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="responsibilities")
    region_code = models.CharField("区划", max_length=24, db_collation="C")
    starts = models.DateField("开始")
    ends = models.DateField("结束", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任区"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "region_code"], condition=Q(ends__isnull=True), name="responsibility_once"
            ),
        ]
        indexes = [models.Index(fields=["region_code"], name="responsibility_region")]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.region_code}"


class Standing(models.Model):
    """The name and the parent of an organisation from one day until another: how it was called and where it stood then.

    `until` is the first day on which it was otherwise. Two of one organisation never overlap (an exclusion constraint).
    An organisation without any has stood as it stands now since it was founded.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="standings")
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=30, blank=True)
    parent = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="上级", related_name="+", null=True, blank=True, db_index=False
    )
    starts = models.DateField("从", null=True, blank=True)
    until = models.DateField("到（不含）", null=True, blank=True)
    basis = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "组织沿革"
        ordering = ["organisation_id", F("starts").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(starts=None) | Q(until__gte=F("starts")), name="standing_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.name}"


class Service(models.Model):
    """A property firm serves a compound, from a day to a day. One firm at a time (an exclusion constraint)."""

    firm = models.ForeignKey(Organisation, models.PROTECT, verbose_name="物业企业", related_name="services")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="services")
    starts = models.DateField("从")
    ends = models.DateField("到", null=True, blank=True)
    basis = models.CharField("合同或依据", max_length=120, blank=True)
    # Since when the compound is served under 党建引领 (红色物业); none: it is not.
    party_led_since = models.DateField("党建引领从", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "物业服务"
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="service_days"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} → {self.compound_id}"


class Term(models.Model):
    """A term between two elections. `held_on`: when the election that ended it was held; none: it still runs."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="terms")
    starts = models.DateField("本届起")
    due_on = models.DateField("届满日")
    postponed_to = models.DateField("批准延期到", null=True, blank=True)
    approval = models.CharField("延期批准文件", max_length=120, blank=True)
    held_on = models.DateField("换届选举日", null=True, blank=True)
    result = models.CharField("选举结果", max_length=200, blank=True)
    basis = models.CharField("选举依据", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        ordering = ["organisation_id", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(held_on=None), name="term_running_once"),
            models.CheckConstraint(condition=Q(due_on__gt=F("starts")), name="term_days"),
            models.CheckConstraint(condition=Q(held_on=None) | Q(held_on__gte=F("starts")), name="term_held"),
            models.CheckConstraint(
                condition=Q(postponed_to=None) | (Q(postponed_to__gt=F("due_on")) & ~Q(approval="")),
                name="term_postponed",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(held_on=None), name="term_running_due")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.due_on}"


class TermReminder(models.Model):
    """That a term runs out was said, so many months ahead of its due day. Said once for each deadline."""

    term = models.ForeignKey(Term, models.PROTECT, verbose_name="届次", related_name="reminders")
    months = models.PositiveSmallIntegerField("提前月数")
    due_on = models.DateField("届满日")
    raised_on = models.DateField("提醒日")
    noted_on = models.DateField("知悉日", null=True, blank=True)
    noted_by = models.CharField("知悉人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "换届提醒"
        constraints = [models.UniqueConstraint(fields=["term", "months", "due_on"], name="term_reminder_once")]

    def __str__(self) -> str:
        return f"{self.term_id} {self.months}"


class Contact(models.Model):
    """Whom to talk to at an organisation. The name and the number are a person's own, and sealed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="contacts")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    title = models.CharField("职务", max_length=40, blank=True)
    name = SealedField("organisations.contact.name", keyed_by="id", verbose_name="姓名", mask=masks.name)
    phone = SealedField("organisations.contact.phone", keyed_by="id", verbose_name="电话", mask=masks.phone, null=True)
    phone_index = BlindIndexField("phone", verbose_name="电话索引", null=True)
    starts = models.DateField("从")
    ends = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位联系人"
        indexes = [
            models.Index(fields=["organisation"], condition=Q(ends=None), name="contact_now"),
            models.Index(fields=["phone_index"], name="contact_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} #{self.pk}"


class KnownApart(models.Model):
    """Two units of the register that look alike and are two."""

    first = models.ForeignKey(Organisation, models.PROTECT, verbose_name="甲", related_name="+")
    second = models.ForeignKey(Organisation, models.PROTECT, verbose_name="乙", related_name="+", db_index=False)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "不是同一家"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="organisations_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="organisations_apart_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
