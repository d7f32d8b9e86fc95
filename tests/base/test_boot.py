"""A database that may lose or leak what it is given is refused, with every reason at once."""

import pytest

from linli.base.boot import DURABLE, problems

GOOD = {name: allowed[0] for name, allowed in DURABLE.items()}
WEB = {"name": "linli_web", "superuser": False, "bypasses": False, "owns": 0}


def test_a_fit_database_is_accepted() -> None:
    assert problems(150004, GOOD, WEB) == []
    assert problems(180000, GOOD | {"synchronous_commit": "remote_apply"}, WEB) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("data_checksums", "off"),
        ("data_sync_retry", "on"),
        ("synchronous_commit", "off"),
        ("synchronous_commit", "local"),
    ],
)
def test_each_unsafe_setting_is_refused_by_name(setting: str, value: str) -> None:
    [reason] = problems(170000, GOOD | {setting: value}, WEB)
    assert f"{setting} = {value}" in reason


def test_a_setting_that_is_not_told_counts_as_unsafe() -> None:
    assert len(problems(170000, {}, WEB)) == len(DURABLE)


def test_an_old_server_is_refused() -> None:
    assert "需要 15" in problems(140012, GOOD, WEB)[0]


@pytest.mark.parametrize("fault", [{"superuser": True}, {"bypasses": True}, {"owns": 3}])
def test_a_role_that_row_level_security_does_not_bind_is_refused(fault: dict[str, object]) -> None:
    [reason] = problems(170000, GOOD, WEB | fault)
    assert "linli_web" in reason


def test_all_reasons_come_at_once() -> None:
    assert len(problems(140000, GOOD | {"fsync": "off"}, WEB | {"owns": 1})) == 3
