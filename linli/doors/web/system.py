"""The system's own state for its administrator: versions, database, events that failed, jobs, backups. No personal
data."""

import json
import platform
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli import __version__
from linli.base import boot
from linli.base.clockwork import now
from linli.base.commands import Refused, outbox
from linli.base.commands.commands import retry_event
from linli.base.commands.models import OutboxRow
from linli.base.crypto import ring
from linli.base.pages import actor_of, page
from linli.base.roles import fingerprint
from linli.base.ui.words import moment
from linli.doors.web.queries import broken_rules
from linli.people.accounts import passwords

LATE_SECONDS = 60
BACKUP_AGE = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is as it should be, or is not. tone: good | warn | bad."""

    name: str
    tone: str
    text: str


@page("system.view")
@require_safe
def system(request: HttpRequest) -> HttpResponse:
    noted = _noted()
    waiting = _outbox()
    context = {
        "facts": _facts(),
        "checks": _checks(noted, waiting),
        "outbox": waiting,
        "dead": OutboxRow.objects.filter(delivered_at=None, attempts__gte=outbox.GIVE_UP_AFTER).order_by("id")[:50],
        "jobs": _jobs(),
        "may_retry": actor_of(request).may("system.operate"),
    }
    return render(request, "web/system.html", context)


def _facts() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        server, size = cursor.fetchone() or ("", "")
    room = shutil.disk_usage(settings.HOME)
    return [
        (_("邻里"), __version__),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", server),
        (_("数据库大小"), size),
        (_("磁盘剩余"), _("%(free)d GB，共 %(total)d GB") % {"free": room.free // 10**9, "total": room.total // 10**9}),
        (_("密码规则"), passwords.PROFILES[passwords.profile()]),
        (_("密钥"), _("%(count)d 把，在用 %(key)s") % {"count": len(ring().keys), "key": ring().active_id}),
    ]


def _noted() -> dict[str, str]:
    """What was written down about this database: the state of its tables, the last proven backup."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, value FROM linli_installed")
        return dict(cursor.fetchall())


def _outbox() -> dict[str, Any]:
    living = Q(attempts__lt=outbox.GIVE_UP_AFTER)
    return OutboxRow.objects.filter(delivered_at=None).aggregate(
        waiting=Count("id", filter=living),
        failed=Count("id", filter=living & Q(attempts__gt=0)),
        dead=Count("id", filter=~living),
        oldest=Min("created_at", filter=living),
    )


def _jobs() -> list[tuple[str, int]]:
    names = {"todo": _("等待"), "doing": _("进行中"), "failed": _("失败"), "succeeded": _("完成")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1")
        return [(names.get(status, status), count) for status, count in cursor.fetchall()]


def _checks(noted: dict[str, str], waiting: dict[str, Any]) -> list[Check]:
    found = [Check(_("数据库设置"), "bad", problem) for problem in boot.look(connection)]
    if not found:
        found.append(Check(_("数据库设置"), "good", _("版本、持久性参数、校验和、角色权限都符合要求。")))
    same = noted.get("migrations") == fingerprint()
    found.append(
        Check(
            _("数据库结构"),
            "good" if same else "bad",
            _("与程序版本一致。") if same else _("与程序版本不一致，请运行 linli migrate。"),
        )
    )
    oldest = waiting["oldest"]
    late = oldest is not None and (now() - oldest).total_seconds() > LATE_SECONDS
    if waiting["dead"]:
        found.append(
            Check(_("待发事件"), "bad", _("有 %(count)d 个试了十次都没送到，要人处理。") % {"count": waiting["dead"]})
        )
    elif late:
        found.append(Check(_("待发事件"), "warn", _("有事件等了一分钟以上，后台任务（linli work）可能没有运行。")))
    else:
        found.append(Check(_("待发事件"), "good", _("没有积压。")))
    if broken := broken_rules():
        words = _("有 %(count)d 件因为规则不能运行转了人工派单，请政策管理员改好再发布。") % {"count": broken}
        found.append(Check(_("派单规则"), "bad", words))
    found.append(_backup(noted.get("verified_backup", "")))
    if settings.DEMO:
        found.append(Check(_("演示"), "warn", _("这是演示实例：演示人员可以一键登录，不用动态口令。")))
    return found


def _backup(noted: str) -> Check:
    """The last backup that was restored and counted; without one for a day, somebody should look."""
    if not noted:
        return Check(_("备份"), "warn", _("还没有验证过的备份，请运行 linli backup。"))
    last = json.loads(noted)
    made = datetime.fromisoformat(last["made"])
    words = _("%(file)s，%(made)s 做成，已恢复核对。") % {"file": last["file"], "made": moment(made, now())}
    return Check(_("备份"), "good" if now() - made < BACKUP_AGE else "warn", words)


@page("system.operate")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a dead event again."""
    row = get_object_or_404(OutboxRow, pk=pk)
    try:
        retry_event(actor_of(request), row)
        messages.success(request, _("已重新排队。"))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("web:system")
