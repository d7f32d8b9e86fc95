"""The desk can hand out the link by which a reporter answers the call-back; it is good for one round only."""

import re

from django.test import Client

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from tests.cast import POINT_HERE, Cast


def test_the_link_answers_the_call_back_and_then_is_spent(cast: Cast) -> None:
    filed = commands.file(
        cast.nobody, text="楼道灯不亮", kind="report", longitude=POINT_HERE[0], latitude=POINT_HERE[1]
    )
    commands.dispatch(cast.dispatcher, filed["id"], to=cast.organisations["here"].pk)
    commands.accept(cast.secretary, filed["id"])
    commands.answer(cast.secretary, filed["id"], note="已换灯")
    page = cast.client("call_taker").get(f"/cases/{filed['number']}/").content.decode()
    found = re.search(r"/r/[0-9A-Z-]+/[a-z2-7]{32}/", page)
    assert found
    assert "/r/" not in cast.client("secretary").get(f"/cases/{filed['number']}/").content.decode()
    form = Client().get(found.group())
    assert form.status_code == 200
    assert {"resolved", "satisfaction", "reason"} <= set(re.findall(r'name="([a-z_]+)"', form.content.decode()))
    enter(system("test"))
    commands.settle(cast.call_taker, filed["id"], resolved=True, satisfaction="satisfied")
    assert 'name="resolved"' not in Client().get(found.group()).content.decode()
