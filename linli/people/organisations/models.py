"""Organisations of every kind in one tree, and which of them answers for which region."""

from django.db import models
from django.db.models import Q


class Organisation(models.Model):
    class Kind(models.TextChoices):
        PARTY_COMMITTEE = "party_committee", "党（工）委"
        GENERAL_BRANCH = "general_branch", "社区党总支"
        GRID_BRANCH = "grid_branch", "网格党支部"
        PARTY_GROUP = "party_group", "楼院党小组"
        SUB_DISTRICT_OFFICE = "sub_district_office", "街道办事处"
        DESK = "desk", "派单台"
        COMMUNITY = "community", "社区居委会"
        DEPARTMENT = "department", "职能部门"
        PROPERTY_FIRM = "property_firm", "物业企业"
        PARTNER_UNIT = "partner_unit", "共建单位"

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
    valid_from = models.DateField("成立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "组织"
        constraints = [models.UniqueConstraint(fields=["kind", "name", "region_code"], name="organisation_once")]
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
