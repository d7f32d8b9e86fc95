"""An exchange with an invented hotline, switched off: to look at, and to try messages against."""

from linli.base.actor import Actor
from linli.doors.channels.hotline import commands
from linli.people.accounts.models import Account
from linli.people.organisations.models import Organisation

CODE, NAME, ADDRESS = "demo-12345", "演示市12345热线", "https://hotline.example/linli"


def load(actor: Actor) -> None:
    """Set it up through its command. Its account counts as one of the demo, so that the demo can be loaded anew."""
    desk = Organisation.objects.filter(kind=Organisation.Kind.DESK).order_by("id")[0]
    exchange = commands.set_up(
        actor, code=CODE, name=NAME, organisation=desk.pk, region_code=desk.region_code, address=ADDRESS
    )
    Account.objects.filter(pk=exchange.post.account_id).update(demo=True)
