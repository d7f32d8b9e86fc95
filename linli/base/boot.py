"""Is this database fit to keep what it is given? Asked at every start, before the first request (promise K2)."""

import os
from typing import Any

from linli.base.cluster import OperatorError
from linli.base.roles import fingerprint, installed

OLDEST = 150000
DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "data_checksums": ("on",),
    "data_sync_retry": ("off",),
    "synchronous_commit": ("on", "remote_apply"),
}
WHY = {
    "fsync": "断电会丢失或损坏已提交的数据",
    "full_page_writes": "断电会损坏数据页",
    "data_checksums": "磁盘悄悄改坏的数据无法被发现；停库后用 pg_checksums --enable 打开",
    "data_sync_retry": "写盘失败会被当作成功",
    "synchronous_commit": "刚答复成功的办理可能丢失",
}


class Unfit(OperatorError):
    """The start is refused; the message lists every reason."""


def problems(version: int, settings: dict[str, str], role: dict[str, Any]) -> list[str]:
    """The reasons against starting, in plain words; none is good.

    version: server_version_num. settings: what `SHOW` says for each name in DURABLE. role: `name`, `superuser`,
    `bypasses` (row-level security) and `owns` (number of tables) of the role the site works as.
    """
    found = []
    if version < OLDEST:
        found.append(f"PostgreSQL 版本过旧（{version // 10000}），需要 15 或更新")
    for name, allowed in DURABLE.items():
        value = settings.get(name, "")
        if value not in allowed:
            found.append(f"数据库参数 {name} = {value or '未知'}，应为 {allowed[0]}:{WHY[name]}")
    if role["superuser"] or role["bypasses"]:
        found.append(f"数据库角色 {role['name']} 权限过大（超级用户或可绕过行级安全），站点不能用它工作")
    if role["owns"]:
        found.append(
            f"数据库角色 {role['name']} 拥有 {role['owns']} 张表，行级安全对它不起作用；站点应以 linli_web 工作"
        )
    return found


def check(url: str) -> None:
    """Look at the server and role as the settings connect to them (`url`: the same, for what is installed).

    Raises Unfit with all reasons. Leaves no connection and no pool behind.
    """
    # One plain connection first: a server that cannot be reached says so at once, not after the pool has lost patience.
    noted = installed(url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    from django.db import connections

    connection: Any = connections["default"]
    try:
        found = _look(connection)
    finally:
        connection.close()
        if connection.pool:
            connection.close_pool()
    if noted.get("migrations") != fingerprint():
        found.append("数据库结构与程序版本不一致，请先运行 linli migrate")
    if found:
        raise Unfit("数据库不符合要求，拒绝启动：\n" + "\n".join(f"  - {line}" for line in found))


def look(connection: Any) -> list[str]:
    """What is wrong with the database behind an open connection of Django; for the page of the administrator."""
    return _look(connection)


def _look(connection: Any) -> list[str]:
    connection.ensure_connection()
    ask = connection.connection.execute  # psycopg's own: Django warns against queries before it is set up
    version = ask("SELECT current_setting('server_version_num')::int").fetchone()[0]
    settings = dict(ask("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)]).fetchall())
    name, superuser, bypasses, owns = ask(
        "SELECT rolname, rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class WHERE relowner = r.oid"
        " AND relkind IN ('r', 'p')) FROM pg_roles r WHERE rolname = current_user"
    ).fetchone()
    return problems(version, settings, {"name": name, "superuser": superuser, "bypasses": bypasses, "owns": owns})
