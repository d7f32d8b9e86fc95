"""A procedure drawn as SVG from its definition alone: steps as boxes in layers, acts that lead on as arrows. Pure.

No layout engine: a step's layer is its distance from the start along acts that go forward; within a layer steps stand in
the order of the file. An act that stays in its step is listed inside the box. Colours come from classes (style sheet).
"""

from collections import defaultdict
from dataclasses import dataclass

from markupsafe import Markup, escape

from linli.procedures.definitions import Definition, Step

BOX, LINE, GAP_X, GAP_Y, MARGIN = 168, 18, 84, 40, 24
HEAD = 30
PER_LINE = 11


@dataclass(frozen=True, slots=True)
class Box:
    step: Step
    x: float
    y: float
    height: float
    stays: tuple[str, ...]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def layers(shape: Definition) -> dict[str, int]:
    """Step -> its distance from the start. Steps are visited breadth first, so a way back never pushes a step on."""
    depth: dict[str, int] = {act.to: 0 for act in shape.acts.values() if act.opens}
    waiting = list(depth)
    for here in waiting:
        for act in shape.acts.values():
            if here in act.sources and act.to and act.to not in depth and not shape.steps[act.to].final:
                depth[act.to] = depth[here] + 1
                waiting.append(act.to)
    last = max(depth.values(), default=0) + 1
    for code in shape.steps:
        depth.setdefault(code, last)
    return depth


def arrows(shape: Definition) -> dict[tuple[str, str], list[str]]:
    """(from, to) -> names of the acts that lead there; acts that stay in their step are left out."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for act in shape.acts.values():
        for source in act.sources:
            if act.to and act.to != source:
                found[source, act.to].append(act.name)
    return dict(found)


def draw(shape: Definition) -> Markup:
    """The whole drawing as an <svg> with a text for whoever cannot see it."""
    boxes = place(shape)
    width = max(box.x for box in boxes.values()) + BOX + MARGIN
    height = max(box.y + box.height for box in boxes.values()) + MARGIN + 40
    parts = [_defs()]
    parts += [_arrow(boxes[a], boxes[b], names, index) for index, ((a, b), names) in enumerate(arrows(shape).items())]
    parts += [_box(box) for box in boxes.values()]
    words = Markup("；").join(
        f"{shape.steps[a].name}—{'、'.join(names)}→{shape.steps[b].name}" for (a, b), names in arrows(shape).items()
    )
    return Markup(
        '<svg class="flow" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{name}：{words}">{body}</svg>'
    ).format(w=round(width), h=round(height), name=shape.name, words=words, body=Markup("").join(parts))


def place(shape: Definition) -> dict[str, Box]:
    """Where each box stands."""
    depth = layers(shape)
    columns: dict[int, list[str]] = defaultdict(list)
    for code in shape.steps:
        columns[depth[code]].append(code)
    sizes = {code: _height(shape, code) for code in shape.steps}
    tall = max(sum(sizes[code] for code in codes) + GAP_Y * (len(codes) - 1) for codes in columns.values())
    boxes = {}
    for layer, codes in columns.items():
        used = sum(sizes[code] for code in codes) + GAP_Y * (len(codes) - 1)
        y = MARGIN + 30 + (tall - used) / 2
        for code in codes:
            boxes[code] = Box(shape.steps[code], MARGIN + layer * (BOX + GAP_X), y, sizes[code], _stays(shape, code))
            y += sizes[code] + GAP_Y
    return boxes


def _stays(shape: Definition, code: str) -> tuple[str, ...]:
    """Names of the acts that leave the step as it is, wrapped into lines of a box's width."""
    names = [act.name for act in shape.acts.values() if code in act.sources and (not act.to or act.to == code)]
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) + 1 <= PER_LINE:
            lines[-1] += f"、{name}"
        else:
            lines.append(name)
    return tuple(lines)


def _height(shape: Definition, code: str) -> float:
    return HEAD + LINE * len(_stays(shape, code)) + 10


def _defs() -> Markup:
    return Markup(
        '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="flow-tip" d="M0 0 8 4 0 8z"/></marker></defs>'
    )


def _box(box: Box) -> Markup:
    kind = "final" if box.step.final else "paused" if box.step.paused else box.step.tone
    lines = Markup("").join(
        Markup('<text class="flow-stay" x="{x}" y="{y}">{text}</text>').format(
            x=box.x + 12, y=box.y + HEAD + LINE * i + 12, text=line
        )
        for i, line in enumerate(box.stays)
    )
    return Markup(
        '<g class="flow-step flow-{kind}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4"/>'
        '<text class="flow-name" x="{tx}" y="{ty}">{name}</text>{lines}</g>'
    ).format(
        kind=kind, x=box.x, y=box.y, w=BOX, h=box.height, tx=box.x + 12, ty=box.y + 21, name=box.step.name, lines=lines
    )


def _arrow(a: Box, b: Box, names: list[str], index: int) -> Markup:
    """A curve from one box to the other with the names of its acts beside it."""
    spread = (index % 5 - 2) * 7
    if b.x > a.x:  # forward: right side to left side
        x1, y1, x2, y2 = a.x + BOX, a.middle + spread, b.x, b.middle + spread
        bend = max(30.0, (x2 - x1) / 2)
        path = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        tx, ty = x1 + (x2 - x1) * 0.5, (y1 + y2) / 2 - 5
    elif b.x == a.x:  # above or below in the same layer
        down = b.y > a.y
        x1 = a.x + BOX / 2 + spread * 3
        y1, y2 = (a.y + a.height, b.y) if down else (a.y, b.y + b.height)
        path = f"M{x1:.0f} {y1:.0f}L{x1:.0f} {y2:.0f}"
        tx, ty = x1 + 4, (y1 + y2) / 2 + 4
        return _curve(path, names, tx, ty, "start")
    else:  # back: over the top
        x1, y1, x2, y2 = a.x + BOX / 2 + spread, a.y, b.x + BOX / 2 + spread, b.y
        lift = min(y1, y2) - 26 - abs(spread)
        path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {lift:.0f} {x2:.0f} {lift:.0f} {x2:.0f} {y2:.0f}"
        tx, ty = (x1 + x2) / 2, lift + (min(y1, y2) - lift) * 0.2 - 2
    return _curve(path, names, tx, ty, "middle")


def _curve(path: str, names: list[str], x: float, y: float, anchor: str) -> Markup:
    text = "、".join(names)
    return Markup(
        '<g class="flow-act"><path d="{path}" marker-end="url(#flow-tip)"/>'
        '<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text></g>'
    ).format(path=path, x=round(x), y=round(y), anchor=anchor, text=escape(text))
