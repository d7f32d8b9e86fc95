"""HTML put together by hand, for what a page repeats a hundred times; everything else is a macro."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from linli.base.ui.fields import Choice


def options(choices: Iterable[Choice], nothing: str) -> Markup:
    """The options of a select, those without a group first; `nothing` stands for a choice without value and name."""
    groups: dict[str, list[str]] = {"": []}
    for choice in choices:
        label = choice.label if choice.value or choice.label.strip("-") else nothing
        chosen = " selected" if choice.selected else ""
        line = f'<option value="{escape(choice.value)}"{chosen}>{escape(label)}</option>'
        groups.setdefault(choice.group, []).append(line)
    plain = "".join(groups.pop(""))
    grouped = (f'<optgroup label="{escape(name)}">{"".join(lines)}</optgroup>' for name, lines in groups.items())
    return Markup(plain + "".join(grouped))  # noqa: S704  every value is escaped above
