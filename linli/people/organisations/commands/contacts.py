"""Whom to talk to at an organisation. The name and the number are sealed; opening them is noted first."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.base.crypto import Sealed, next_pks, seal_into
from linli.base.exchange import identifiers
from linli.base.privacy import reading
from linli.people.organisations import rules
from linli.people.organisations.commands.checking import day_of, reach, still_there, today
from linli.people.organisations.models import Contact, Organisation

PURPOSES = {"affair": "办理涉及这家单位的事", "safety": "安全提示和检查", "verify": "核对台账"}
reading.name_purposes(PURPOSES, "organisations.contact")
FIELDS = frozenset({"organisations.contact.name", "organisations.contact.phone"})


@command("organisations.add_contact", right="organisations.register")
def add_contact(
    actor: Actor, organisation: Organisation, *, name: str, phone: str = "", title: str = "", starts: date | None = None
) -> Contact:
    """Whom to talk to there. Refused: no name, a number that is none, the organisation out of reach."""
    still_there(organisation)
    reach(actor, organisation.region_code)
    if organisation.kind not in rules.REGISTERED:
        raise Refused(_("街道、部门和社区的人员在“账号与岗位”里。"))
    if not name.strip():
        raise Refused(_("请填写姓名。"), field="name")
    try:
        number = identifiers.phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Refused(str(error), field="phone") from error
    row = Contact(
        pk=next_pks(Contact)[0],
        organisation=organisation,
        region_code=organisation.region_code,
        title=title.strip()[:40],
        starts=day_of(starts),
    )
    seal_into(row, name=" ".join(name.split())[:40], phone=number)
    row.save(force_insert=True)
    return row


@command("organisations.end_contact", right="organisations.register")
def end_contact(actor: Actor, contact: Contact) -> Contact:
    """Somebody else is to be talked to from now on."""
    reach(actor, contact.region_code)
    if contact.ends is not None:
        raise Refused(_("这位联系人已经结束。"))
    contact.ends = today()
    contact.save(update_fields=["ends"])
    return contact


@command("organisations.reveal_contact", right="organisations.reveal", repeatable=True)
def reveal_contact(actor: Actor, contact: Contact, *, purpose: str, note: str = "") -> dict[str, Any]:
    """The name and the number, for a stated purpose; the read-log row is written before they leave.

    Refused: no purpose, somebody who no longer speaks for the organisation, a place out of reach.
    """
    reach(actor, contact.region_code)
    told = reading.purpose(
        actor,
        "organisations.contact",
        contact.pk,
        FIELDS,
        purpose=purpose,
        purposes=PURPOSES,
        task=contact.ends is None,
        note=note,
    )
    held = {"name": contact.name, "phone": contact.phone}
    return {name: sealed.reveal(told) if isinstance(sealed, Sealed) else "" for name, sealed in held.items()}
