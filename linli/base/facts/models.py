"""Where a fact of a register comes from: three columns on the row for what holds now, and a table for how it came to be.

Only facts that are not personal stand here: buildings, dwellings, sites, things, organisations. What is known of a person is
sealed and has a history of its own.
"""

from django.db import models


class Sourced(models.Model):
    """What every row of a register carries: who said so, as of which day, who checked it."""

    source = models.CharField("来源", max_length=120, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    verified_by = models.CharField("核实人", max_length=40, blank=True)

    class Meta:
        abstract = True


class Fact(models.Model):
    """One fact of one row as it was entered, changed or corrected. Rows are added, never changed."""

    kind = models.CharField("对象类别", max_length=30)
    key = models.BigIntegerField("对象编号")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    # Empty: the row itself was entered or closed.
    field = models.CharField("项目", max_length=30, blank=True)
    before = models.CharField("原来", max_length=300, blank=True)
    after = models.CharField("现在", max_length=300, blank=True)
    source = models.CharField("来源", max_length=120, blank=True)
    as_of = models.DateField("截至日期", null=True, blank=True)
    verified_by = models.CharField("核实人", max_length=40, blank=True)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    by_name = models.CharField("登记人", max_length=60)
    account_id = models.BigIntegerField("登记账号", null=True)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "事实来历"
        indexes = [models.Index(fields=["kind", "key", "id"], name="fact_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field}"
