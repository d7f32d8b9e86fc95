from django.db import models

from linli.people.accounts.models import Post


class SheetImport(models.Model):
    """A sheet somebody brought: kept sealed until it is in, then only the counts and the error rows stay."""

    class State(models.TextChoices):
        STAGED = "staged", "等待确认"
        WAITING = "waiting", "排队中"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    address = models.CharField("存放处", max_length=64)
    mapping = models.JSONField("对照表")
    state = models.CharField("状态", max_length=8, choices=State, default=State.STAGED)
    rows = models.PositiveIntegerField("行数", default=0)
    read = models.PositiveIntegerField("已读", default=0)
    filed = models.PositiveIntegerField("新收", default=0)
    known = models.PositiveIntegerField("已有", default=0)
    refused = models.PositiveIntegerField("有错", default=0)
    problems = models.JSONField("错误", default=list)
    message = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "表格导入"

    def __str__(self) -> str:
        return self.file_name
