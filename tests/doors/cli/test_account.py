"""`linli account`: the first administrator of an empty deployment, and a way back in."""

import re

from click.testing import CliRunner, Result

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.cli import account
from linli.people.accounts.models import Account, Post
from linli.people.organisations.models import Organisation
from linli.places.regions.models import Region
from tests.cast import STREET, Cast


def call(*words: str) -> Result:
    result = CliRunner().invoke(account.command, list(words))
    enter(system("test"))
    return result


def test_a_fresh_deployment_has_nobody(everything: None) -> None:
    assert Account.objects.count() == 0


def test_the_first_administrator_founds_the_office(cast: Cast) -> None:
    Post.objects.all().delete()
    Account.objects.all().delete()
    Organisation.objects.all().delete()
    assert call("create", "admin", "--name", "管理", "--organisation", "丰台街道办事处").exit_code == 1, (
        "needs a region"
    )
    assert Account.objects.count() == 0, "nothing is left of a start that failed"
    result = call("create", "admin", "--name", "管理", "--organisation", "丰台街道办事处", "--region", STREET)
    assert result.exit_code == 0, result.output
    made = Account.objects.get()
    shown = re.search(r"^    (\S{19})$", result.output, re.MULTILINE)
    assert shown is not None
    assert made.check_password(shown[1])
    assert made.one_time
    post = Post.objects.get()
    assert (post.role, post.region_code) == ("system_administrator", "")
    assert post.organisation.region_code == STREET
    assert Region.objects.filter(code=STREET).exists()


def test_others_go_to_organisations_that_exist(cast: Cast) -> None:
    assert call("create", "x1", "--name", "甲", "--organisation", "没有的单位").exit_code == 1
    desk = cast.organisations["desk"].pk
    result = call(
        "create", "x2", "--name", "乙", "--role", "dispatcher", "--organisation", f"org:{desk}", "--region", STREET
    )
    assert result.exit_code == 0, result.output
    assert Post.objects.get(account__login="x2").region_code == STREET
    assert call("create", "x2", "--name", "丙", "--organisation", f"org:{desk}").exit_code == 1


def test_a_password_is_reset_from_the_command_line(cast: Cast) -> None:
    before = cast.posts["worker"].account.get_session_auth_hash()
    assert call("reset-password", "worker", "--reason", "忘记密码").exit_code == 0
    after = Account.objects.get(login="worker")
    assert after.one_time
    assert after.get_session_auth_hash() != before
    assert call("reset-password", "nobody", "--reason", "x").exit_code == 1
