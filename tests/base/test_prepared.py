"""Rows read and written without making a statement each time are those that the ORM would read and write."""

import pytest

from linli.base.clockwork import now
from linli.base.prepared import add, change, fetchall, objects, run, values
from linli.people.accounts.models import SignInAttempt


@pytest.fixture
def row(everything: None) -> SignInAttempt:
    made = SignInAttempt(login="某某", address="::1", at=now(), good=False)
    add(made)
    return made


def test_a_new_row_gets_its_key_and_reads_as_it_was_written(row: SignInAttempt) -> None:
    assert row.pk is not None
    assert not row._state.adding
    stored = SignInAttempt.objects.get(pk=row.pk)
    names = [field.attname for field in SignInAttempt._meta.concrete_fields]
    assert [getattr(stored, name) for name in names] == [getattr(row, name) for name in names]
    assert objects(SignInAttempt, "WHERE id = %s", [row.pk]) == [stored]


def test_columns_of_one_row_are_read_and_changed(row: SignInAttempt) -> None:
    other = SignInAttempt(login="另一个", at=now())
    add(other)
    assert values(SignInAttempt, row.pk, "login", "good") == ("某某", False)
    assert change(SignInAttempt, row.pk, good=True, login="改过")
    assert values(SignInAttempt, row.pk, "login", "good") == ("改过", True)
    assert values(SignInAttempt, other.pk, "login") == ("另一个",)
    assert fetchall("SELECT login FROM accounts_signinattempt WHERE id = %s", [row.pk]) == [("改过",)]


def test_a_row_that_is_not_there_is_said(row: SignInAttempt) -> None:
    with pytest.raises(SignInAttempt.DoesNotExist):
        values(SignInAttempt, row.pk + 1, "login")
    assert not change(SignInAttempt, row.pk + 1, good=True)
    assert run("UPDATE accounts_signinattempt SET good = true WHERE id = %s", [row.pk + 1]) == 0
