"""A force for hard cases: its members borrowed from departments, and the cases it carries, each from a day to a day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.matters.cases.models import Case
from linli.people.accounts.models import Post
from linli.people.organisations.models import Organisation


class TaskForce(models.Model):
    """`involved`: every organisation that lends somebody; its people see the force."""

    name = models.CharField("名称", max_length=60)
    purpose = models.CharField("任务", max_length=500)
    region_code = models.CharField("街道", max_length=9, db_collation="C")
    starts = models.DateField("成立日")
    ends = models.DateField("撤销日", null=True)
    involved = ArrayField(models.BigIntegerField(), verbose_name="参与单位", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "攻坚专班"
        constraints = [
            models.UniqueConstraint(fields=["region_code", "name"], name="task_force_once"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="task_force_days"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody lent to a force. Several may lead it together."""

    class Role(models.TextChoices):
        LEAD = "lead", "组长"
        DEPUTY = "deputy", "副组长"
        MEMBER = "member", "成员"

    force = models.ForeignKey(TaskForce, models.PROTECT, verbose_name="专班", related_name="members")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="抽调自", related_name="+", db_index=False
    )
    role = models.CharField("角色", max_length=8, choices=Role, default=Role.MEMBER)
    starts = models.DateField("从")
    ends = models.DateField("到", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "专班成员"
        ordering = ["starts", "id"]
        constraints = [
            models.UniqueConstraint(fields=["force", "post"], condition=Q(ends__isnull=True), name="member_once"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="member_days"),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.post_id}"


class CarriedCase(models.Model):
    """A case that a force carries. One force at a time."""

    force = models.ForeignKey(TaskForce, models.PROTECT, verbose_name="专班", related_name="carried")
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="forces", db_index=False)
    starts = models.DateField("从")
    ends = models.DateField("到", null=True)
    note = models.CharField("交还说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专班案卷"
        ordering = ["starts", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ends__isnull=True), name="carried_once"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="carried_days"),
        ]
        indexes = [models.Index(fields=["case"], name="carried_of_case")]

    def __str__(self) -> str:
        return f"{self.force_id} {self.case_id}"
