"""A dispatch meeting: its agenda, who of the leadership came, and what was decided about which case by whom until when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.matters.cases.models import Case
from linli.people.accounts.models import Post
from linli.people.organisations.models import Organisation


class DispatchMeeting(models.Model):
    """One a day for each sub-district. `left_out`: cases that the policy named beyond its limit."""

    region_code = models.CharField("街道", max_length=9, db_collation="C")
    held_on = models.DateField("日期")
    chair = models.CharField("主持人", max_length=80, blank=True)
    note = models.TextField("会议记要", blank=True)
    left_out = models.PositiveIntegerField("没排上的", default=0)
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "案卷调度"
        constraints = [models.UniqueConstraint(fields=["region_code", "held_on"], name="meeting_once_a_day")]

    def __str__(self) -> str:
        return f"{self.held_on}"


class AgendaItem(models.Model):
    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, verbose_name="调度会", related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="agenda_items", db_index=False)
    reasons = ArrayField(models.CharField(max_length=12), verbose_name="为什么上会", default=list)
    taken_off = models.CharField("撤下原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "case"], name="agenda_once")]
        indexes = [models.Index(fields=["case"], name="agenda_of_case")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.case_id}"


class Attendance(models.Model):
    class State(models.TextChoices):
        PRESENT = "present", "到会"
        EXCUSED = "excused", "请假"
        ABSENT = "absent", "缺席"

    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, verbose_name="调度会", related_name="attendance")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    state = models.CharField("到会", max_length=8, choices=State)

    class Meta:
        verbose_name = verbose_name_plural = "到会记录"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "post"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.post_id}"


class Decision(models.Model):
    """What was decided. It became an act on the case at once; the owner says when it is done."""

    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, verbose_name="调度会", related_name="decisions")
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="decisions", db_index=False)
    # Kept here too: whoever must carry it out may not see the meeting.
    held_on = models.DateField("调度日期")
    act = models.CharField("办法", max_length=20)
    text = models.CharField("决定", max_length=500)
    owner = models.ForeignKey(Organisation, models.PROTECT, verbose_name="责任单位", related_name="+", db_index=False)
    due_on = models.DateField("期限")
    decided_at = models.DateTimeField("决定时间")
    done_on = models.DateField("完成日", null=True)
    done_note = models.CharField("完成情况", max_length=500, blank=True)
    done_by = models.CharField("报告人", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "调度决定"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["owner", "due_on"], name="decision_of_owner", condition=Q(done_on__isnull=True)),
            models.Index(fields=["case"], name="decision_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.case_id}"
