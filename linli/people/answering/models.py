"""Who is named to answer for a place or a unit: heads of buildings, volunteers, officials, advisers, posts held across."""

from django.db import models
from django.db.models import F, Q

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField
from linli.people.accounts.models import Post
from linli.people.organisations.models import Organisation
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.sites.models import ConstructionSite


class Charge(models.Model):
    """Somebody answers for a unit, a building, a compound, a region, a building site or an organisation, from a day to a
    day.

    Either staff, by their post, or somebody else, by name: then the name and their own number are sealed.
    """

    # A role of the policy `answering` that people are named for.
    role = models.CharField("角色", max_length=30)
    # Of the place: what lies in it is what the wall goes by.
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    compound = models.ForeignKey(
        Compound, models.PROTECT, verbose_name="小区", related_name="charges", null=True, blank=True
    )
    building = models.ForeignKey(
        Building, models.PROTECT, verbose_name="楼栋", related_name="charges", null=True, blank=True
    )
    unit_name = models.CharField("单元", max_length=12, blank=True)
    construction = models.ForeignKey(
        ConstructionSite, models.PROTECT, verbose_name="工地", related_name="charges", null=True, blank=True
    )
    # The unit an adviser is sent to, the branch an official keeps in touch with, where a post is held across.
    serves = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="派驻或任职单位", related_name="served_by", null=True, blank=True
    )
    # As what they are sent: a code of the policy, such as one of the leaders or the secretary of a village.
    standing = models.CharField("身份", max_length=20, blank=True)
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="charges", null=True, blank=True)
    name = SealedField("answering.charge.name", keyed_by="id", verbose_name="姓名", mask=masks.name, null=True)
    name_index = BlindIndexField("name", verbose_name="姓名索引", null=True)
    phone = SealedField("answering.charge.phone", keyed_by="id", verbose_name="本人电话", mask=masks.phone, null=True)
    # Where they come from: the unit that lends them, the team they belong to.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="所属单位", related_name="charges", null=True, blank=True
    )
    basis = models.CharField("依据", max_length=120, blank=True)
    starts = models.DateField("从")
    ends = models.DateField("到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "包联指派"
        constraints = [
            models.CheckConstraint(condition=Q(post=None) ^ Q(name=None), name="charge_of_one"),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="charge_days"),
            models.CheckConstraint(condition=Q(unit_name="") | Q(building__isnull=False), name="charge_unit"),
            models.CheckConstraint(
                condition=Q(serves=None) | Q(compound=None, building=None, construction=None), name="charge_serves"
            ),
            models.CheckConstraint(
                condition=Q(construction=None) | Q(compound=None, building=None), name="charge_construction"
            ),
            models.UniqueConstraint(
                fields=["role", "post", "region_code", "compound", "building", "unit_name", "construction", "serves"],
                condition=Q(ends=None, post__isnull=False),
                nulls_distinct=False,
                name="charge_post_once",
            ),
        ]
        indexes = [
            models.Index(fields=["building"], condition=Q(ends=None), name="charge_building"),
            models.Index(fields=["compound"], condition=Q(ends=None), name="charge_compound"),
            models.Index(fields=["region_code"], name="charge_region"),
            models.Index(fields=["serves"], condition=Q(ends=None), name="charge_serves_now"),
        ]

    def __str__(self) -> str:
        return f"{self.role} #{self.pk}"


class HouseCall(models.Model):
    """Whoever answers for a place was at a dwelling of it on a day. That they were, and nothing of what was said."""

    charge = models.ForeignKey(Charge, models.PROTECT, verbose_name="包联指派", related_name="calls")
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, verbose_name="房屋", related_name="+")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    on = models.DateField("入户日期")

    class Meta:
        verbose_name = verbose_name_plural = "入户记录"
        constraints = [models.UniqueConstraint(fields=["charge", "dwelling", "on"], name="house_call_once")]
        indexes = [models.Index(fields=["region_code", "on"], name="house_call_region")]

    def __str__(self) -> str:
        return f"{self.charge_id} {self.on}"
