"""Which organisation may stand under which. Pure: kinds and links in, yes or no out."""

from collections.abc import Mapping

# 党工委 - 社区党总支 - 网格党支部 - 楼院党小组 is one chain; what serves the street stands under its office.
PARENTS: Mapping[str, tuple[str, ...]] = {
    "party_committee": ("party_committee",),
    "general_branch": ("party_committee",),
    "grid_branch": ("general_branch",),
    "party_group": ("grid_branch",),
    "sub_district_office": ("sub_district_office",),
    "desk": ("sub_district_office",),
    "community": ("sub_district_office",),
    "department": ("sub_district_office", "department"),
    "property_firm": ("property_firm",),
    "partner_unit": ("partner_unit",),
}
# Below these nothing makes sense without the one above.
NEEDS_PARENT = ("grid_branch", "party_group")


def may_stand_under(kind: str, parent_kind: str | None) -> bool:
    """Whether an organisation of this kind may have a parent of that kind (None: no parent at all)."""
    if parent_kind is None:
        return kind not in NEEDS_PARENT
    return parent_kind in PARENTS.get(kind, ())


def makes_circle(moved: int, under: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether `moved` would stand below itself. parents: organisation -> its parent."""
    seen: set[int] = set()
    while under is not None and under not in seen:
        if under == moved:
            return True
        seen.add(under)
        under = parents.get(under)
    return False
