"""Every route of the site, with the rule its view declares and values that could stand in its address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# A view of the API library itself: it answers 404 and exists to tell the library where the API stands.
LIBRARY = {"api:api-v1:api-root": "public: says that there is no page here"}


@dataclass(frozen=True)
class Route:
    """One route. parameters: names of the values in its address; rule: "" when its view declares none."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    rule: str

    def __str__(self) -> str:
        return self.name

    @property
    def right(self) -> str:
        """The right its rule asks for, "" when it asks for none."""
        return self.rule.removeprefix("right:") if self.rule.startswith("right:") else ""

    def address(self, values: Mapping[str, Any]) -> str:
        return reverse(self.name, kwargs={name: values[name] for name in self.parameters})


def routes() -> list[Route]:
    """All routes in the order of the resolver; two patterns of one name (as the API has them) are one route."""
    found: dict[str, Route] = {}
    for name, pattern, view in _walk(get_resolver(), ()):
        parameters = (
            tuple(sorted(pattern.pattern.regex.groupindex)) if not _converters(pattern) else _converters(pattern)
        )
        rule = _rule(view) or LIBRARY.get(name, "") or _rule_of_operations(name)
        found[name] = Route(name, str(pattern.pattern), parameters, rule)
    return list(found.values())


def _walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern, Any]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield ":".join((*spaces, one.name or "")), one, one.callback


def _converters(pattern: URLPattern) -> tuple[str, ...]:
    return tuple(pattern.pattern.converters)


def _rule(view: Any) -> str:
    """The rule a view declares, also through decorators around it."""
    while view is not None:
        if rule := getattr(view, "linli_rule", ""):
            return str(rule)
        view = getattr(view, "__wrapped__", None)
    return ""


def _rule_of_operations(name: str) -> str:
    """Operations of the API are guarded by its sign-in, and their rights by the commands and queries they call."""
    from linli.doors.api.views import api

    operations = [
        operation
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if name.endswith(f":{operation.url_name}")
    ]
    guarded = operations and all(operation.auth_callbacks for operation in operations)
    return "signed-in: commands and queries decide" if guarded else ""
