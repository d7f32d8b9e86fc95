"""One unit that is on the register twice: the other record is closed and says where it went; both histories stay."""

from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.base.facts import noting
from linli.base.facts.noting import Given
from linli.people.organisations import history, queries, rules
from linli.people.organisations.commands.checking import reach, still_there, today
from linli.people.organisations.models import KnownApart, Organisation

# Facts that are taken over where the one that stays has none.
TAKEN = ("short_name", "unified_code", "address", "service_phone", "compound", "building", "valid_from")


def _pair(actor: Actor, organisation: Organisation, other: int) -> Organisation:
    """The other record. Refused: the same one, one of another kind or out of reach, one that is no more."""
    found = Organisation.objects.select_for_update().filter(pk=other).first()
    if found is None or found.pk == organisation.pk:
        raise Refused(_("请选另一家单位。"), field="other")
    for row in (organisation, found):
        still_there(row)
        reach(actor, row.region_code)
        if row.kind not in rules.REGISTERED:
            raise Refused(_("街道、部门、社区和党的组织不在这里登记。"), rule="台账范围")
    if found.kind != organisation.kind:
        raise Refused(_("两家的类别不同，不能合并。"), field="other")
    return found


@command("organisations.merge_double", right="organisations.register")
def merge_double(actor: Actor, organisation: Organisation, *, other: int, given: Given) -> Organisation:
    """The other record is of the same unit: it is closed today, its contacts, services and what the one that stays does not
    know go over to it. Returns the one that stays.

    Refused: no reason, two kinds, posts or open work still hang on the other.
    """
    reason, gone = noting.needs_reason(given), _pair(actor, organisation, other)
    if words := queries.in_the_way(gone, today()):
        raise Refused(
            _("还不能并入：%(what)s。换一家保留，或者先交接。") % {"what": "；".join(words)}, rule="撤销前先交接"
        )
    taken: dict[str, Any] = {
        name: getattr(gone, name) for name in TAKEN if not getattr(organisation, name) and getattr(gone, name)
    }
    history.end(gone, on=today(), basis=_("并入 %(name)s") % {"name": organisation.name})
    gone.merged_into = organisation
    gone.save(update_fields=["merged_into"])
    changed = noting.changes(organisation, taken)
    for name, value in taken.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(taken) or None)
    gone.contacts.filter(ends=None).update(organisation=organisation, region_code=organisation.region_code)
    gone.services.filter(ends=None).update(firm=organisation)
    noting.note(
        actor, "organisation", organisation.pk, organisation.region_code, changed | {"merged": ("", gone.name)}, given
    )
    noting.note(actor, "organisation", gone.pk, gone.region_code, {"merged_into": ("", organisation.name)}, given)
    detail(other=gone.pk, taken=sorted(taken), reason=reason)
    announce("organisations.merged", {"organisation": organisation.pk, "other": gone.pk})
    queries.forget()
    return organisation


@command("organisations.keep_apart", right="organisations.register")
def keep_apart(actor: Actor, organisation: Organisation, *, other: int) -> KnownApart:
    """Two that look alike were found to be two: they are not offered for merging again."""
    another = _pair(actor, organisation, other)
    first, second = sorted((organisation.pk, another.pk))
    made, _new = KnownApart.objects.get_or_create(
        first_id=first, second_id=second, defaults={"region_code": organisation.region_code}
    )
    return made
