"""Publishing policies: shipped defaults at first start, edited versions later."""

import hashlib
import json
from typing import Any

from django.db.models import Max

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.policies import registry, store
from linli.base.policies.models import PolicyVersion


def digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@command("policies.ship")
def ship(actor: Actor) -> int:
    """Bring the shipped files into the tables. A policy the office has edited keeps its own version; ours becomes a
    draft."""
    changed = 0
    sources = registry.shipped_sources()
    for code, data in registry.shipped().items():
        mark = digest(data)
        rows = PolicyVersion.objects.filter(code=code)
        if rows.filter(digest=mark).exists():
            continue
        edited = rows.filter(status=PolicyVersion.Status.PUBLISHED).exclude(origin="shipped").exists()
        draft = _draft(code, data, origin="shipped", source=sources[code])
        if not edited:
            _publish(draft, actor)
        changed += 1
    detail(changed=changed)
    store.forget()
    return changed


@command("policies.draft")
def draft(actor: Actor, *, code: str, data: dict[str, Any], basis: str = "", source: str = "") -> PolicyVersion:
    """Save an edited version as a draft; it may still fail its examples. source: the text that `data` was read from."""
    if registry.checker(code) is None:
        raise Refused(f"没有名为“{code}”的政策。", field="code")
    return _draft(code, data, origin="office", basis=basis, source=source)


@command("policies.publish")
def publish(actor: Actor, version: PolicyVersion, *, basis: str = "") -> PolicyVersion:
    """Put a draft in force after its own examples pass; the version before it is retired, never changed."""
    if version.status != PolicyVersion.Status.DRAFT:
        raise Refused("只有草稿可以发布。")
    wrong = registry.try_examples(version.code, version.data)
    if wrong:
        raise Refused("不能发布：" + "；".join(wrong), field="data")
    if basis:
        version.basis = basis
    if not version.basis:
        raise Refused("发布要写明依据：哪份文件，或哪次会议的决定。", field="basis", rule="政策有据")
    _publish(version, actor)
    store.forget()
    return version


def _draft(code: str, data: dict[str, Any], *, origin: str, basis: str = "", source: str = "") -> PolicyVersion:
    last = PolicyVersion.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0
    return PolicyVersion.objects.create(
        code=code,
        version=last + 1,
        name=data.get("name", code),
        data=data,
        source=source,
        basis=basis or data.get("basis", ""),
        origin=origin,
        created_at=now(),
        digest=digest(data),
    )


def _publish(version: PolicyVersion, actor: Actor) -> None:
    moment = now()
    PolicyVersion.objects.filter(code=version.code, status=PolicyVersion.Status.PUBLISHED).update(
        status=PolicyVersion.Status.RETIRED, valid_to=moment
    )
    version.status = PolicyVersion.Status.PUBLISHED
    version.valid_from = version.published_at = moment
    version.published_by = actor.name
    version.save()
