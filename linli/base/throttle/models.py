from django.db import models


class Count(models.Model):
    """How often somebody did something in one window. Lost in a crash, and no harm done: the table is not logged."""

    key = models.BinaryField("摘要", max_length=16)
    ends = models.DateTimeField("窗口结束")
    times = models.PositiveIntegerField("次数")
    pk = models.CompositePrimaryKey("key", "ends")

    class Meta:
        verbose_name = verbose_name_plural = "限速计数"
        indexes = [models.Index(fields=["ends"], name="throttle_ended")]

    def __str__(self) -> str:
        return f"{self.key.hex()} {self.times}"
