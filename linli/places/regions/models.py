"""Regions: province, city, district, sub-district, community, grid. The code is the key and the path."""

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Left, Length

from linli.places.regions.rules import LENGTHS, MAX_LENGTH, URBAN_RURAL, Level


class RegionCodeField(models.CharField):
    """A region code in any table: byte order, so that a subtree is a plain index range (`rules.bounds`)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", MAX_LENGTH)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


def _by_length(cut: dict[int, object], otherwise: object) -> Case:
    """An expression on the length of the code, so that level and parent can never disagree with the code."""
    return Case(*(When(code__length=length, then=value) for length, value in cut.items()), default=otherwise)


RegionCodeField.register_lookup(Length, "length")

_LEVEL = _by_length({length: Value(int(level)) for level, length in LENGTHS.items()}, Value(int(Level.GRID)))
_PARENT = _by_length(
    {2: Value(None), 4: Left("code", 2), 6: Left("code", 4), 9: Left("code", 6), 12: Left("code", 9)}, Left("code", 12)
)


def _all_null(null: bool) -> Q:
    """Boundary and its measures are given together or not at all. (A comparison with NULL would let a row pass.)"""
    return Q(**{f"{column}__isnull": null for column in ("polygon", "west", "south", "east", "north", "area")})


class Region(models.Model):
    """One region. Regions change: a code that is given up gets a last day and is never used for another place."""

    code = RegionCodeField("代码", primary_key=True)
    level = models.GeneratedField(
        expression=_LEVEL, output_field=models.SmallIntegerField("层级"), db_persist=True, verbose_name="层级"
    )
    parent_code = models.GeneratedField(
        expression=_PARENT,
        output_field=RegionCodeField("上级代码", null=True),
        db_persist=True,
        verbose_name="上级代码",
    )
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=40)
    urban_rural = models.CharField("城乡分类", max_length=3, blank=True, choices=list(URBAN_RURAL.items()))
    # Degrees are WGS84/CGCS2000; the polygon is GeoJSON (Polygon or MultiPolygon), the other figures are measured.
    polygon = models.JSONField("边界", null=True, blank=True)
    west = models.FloatField("西界", null=True, editable=False)
    south = models.FloatField("南界", null=True, editable=False)
    east = models.FloatField("东界", null=True, editable=False)
    north = models.FloatField("北界", null=True, editable=False)
    longitude = models.FloatField("中心经度", null=True)
    latitude = models.FloatField("中心纬度", null=True)
    area = models.FloatField("面积（平方米）", null=True, editable=False)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True, help_text="自这一天起不再使用")
    source = models.CharField("来源", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = verbose_name_plural = "区划"
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent_code", "code"], name="region_children"),
            models.Index(fields=["level", "code"], name="region_level"),
        ]
        constraints = [
            models.CheckConstraint(
                name="region_code_shape",
                condition=Q(code__regex=r"^[1-9][0-9]([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3}([0-9]{1,8})?)?)?)?)?$"),
                violation_error_message="区划代码的位数或字符不对",
            ),
            models.CheckConstraint(name="region_name_given", condition=~Q(name="") & ~Q(short_name="")),
            models.CheckConstraint(
                name="region_urban_rural", condition=Q(urban_rural="") | Q(urban_rural__in=list(URBAN_RURAL))
            ),
            models.CheckConstraint(
                name="region_measured",
                condition=_all_null(True)
                | _all_null(False)
                & Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    west__gte=-180,
                    east__lte=180,
                    south__gte=-90,
                    north__lte=90,
                    west__lt=models.F("east"),
                    south__lt=models.F("north"),
                    longitude__gte=models.F("west"),
                    longitude__lte=models.F("east"),
                    latitude__gte=models.F("south"),
                    latitude__lte=models.F("north"),
                    area__gt=0,
                    area__lt=1e15,  # more than the earth has; also keeps out NaN, which sorts above every number
                ),
            ),
            models.CheckConstraint(
                name="region_dates", condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def level_label(self) -> str:
        """The word for its level."""
        return Level(self.level).label


class RegionRevision(models.Model):
    """One row: a number that a database trigger raises whenever any region changes, so that processes read again.

    The number comes from a sequence and therefore never repeats, not even after a rollback.
    """

    number = models.BigIntegerField("版次")

    class Meta:
        verbose_name = verbose_name_plural = "区划版次"

    def __str__(self) -> str:
        return str(self.number)


class RegionImport(models.Model):
    """A file of regions that was read and checked and waits for somebody to say yes."""

    class Kind(models.TextChoices):
        SHEET = "sheet", "代码表"
        GEOJSON = "geojson", "边界文件"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    file_name = models.CharField("文件名", max_length=200)
    rows = models.JSONField("内容", default=list)
    problems = models.JSONField("问题", default=list)
    account_id = models.BigIntegerField("账号", null=True)
    created_at = models.DateTimeField("上传时间")
    applied_at = models.DateTimeField("导入时间", null=True)
    summary = models.JSONField("结果", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "区划导入"

    def __str__(self) -> str:
        return self.file_name
