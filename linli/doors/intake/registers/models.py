"""Sheets brought into the registers. A sheet waits sealed on the shelf; here stand only its mapping by places, counts, and
rows by number: no header text and no value, since a sheet without a header would have somebody's name there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.people.accounts.models import Post
from linli.people.organisations.models import Organisation


class RegisterImport(models.Model):
    """One sheet on its way into one register: staged, checked, brought in, perhaps taken back."""

    class State(models.TextChoices):
        STAGED = "staged", "核对列"
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "等待确认"
        APPLYING = "applying", "正在导入"
        DONE = "done", "已导入"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"
        FAILED = "failed", "没有完成"

    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    address = models.CharField("存放处", max_length=64, blank=True)
    head_address = models.CharField("表头存放处", max_length=64, blank=True)
    shape = models.CharField("表头式样", max_length=64)
    form = models.CharField("表单", max_length=30, blank=True)
    target = models.CharField("台账", max_length=30, blank=True)
    columns = models.JSONField("对照", default=dict)  # field -> place of the column, from 0
    options = models.JSONField("选项", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.STAGED)
    whole = models.BooleanField("有一行不行就都不导", default=False)
    rows = models.PositiveIntegerField("行数", default=0)
    good = models.PositiveIntegerField("可导入", default=0)
    wrong = models.PositiveIntegerField("有错", default=0)
    twins = models.PositiveIntegerField("表内重复", default=0)
    known = models.PositiveIntegerField("台账已有", default=0)
    done = models.PositiveIntegerField("已导入", default=0)
    gone = models.PositiveIntegerField("已撤销", default=0)
    last_row = models.PositiveIntegerField("办到第几行", default=0)
    blocks = models.PositiveIntegerField("检查过的行分成几块", default=0)
    problems = models.JSONField("错误", default=list)  # [row, place of the column or -1, reason]
    kept = models.JSONField("没有撤销的", default=list)  # [id, reason]
    message = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("上传时间")
    moved_at = models.DateTimeField("最近进展")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账导入"
        indexes = [
            models.Index(fields=["organisation", "-id"], name="register_import_of"),
            models.Index(
                fields=["moved_at"],
                name="register_import_moving",
                condition=models.Q(state__in=["checking", "applying", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Brought(models.Model):
    """What one batch of rows became: written in the same transaction, so it is exactly what is there."""

    sheet = models.ForeignKey(RegisterImport, models.PROTECT, verbose_name="台账导入", related_name="brought")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="+")
    kind = models.CharField("台账", max_length=30)
    last_row = models.PositiveIntegerField("到第几行")
    ids = ArrayField(models.BigIntegerField(), verbose_name="编号")
    taken_back = models.BooleanField("已撤销", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["sheet", "id"], name="brought_by")]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.last_row}"


class RememberedMapping(models.Model):
    """How an organisation mapped a sheet with these headers the last time."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="+")
    shape = models.CharField("表头式样", max_length=64)
    target = models.CharField("台账", max_length=30)
    columns = models.JSONField("对照", default=dict)
    options = models.JSONField("选项", default=dict)
    used_at = models.DateTimeField("最近使用")

    class Meta:
        verbose_name = verbose_name_plural = "记住的对照"
        constraints = [models.UniqueConstraint(fields=["organisation", "shape"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.target}"
