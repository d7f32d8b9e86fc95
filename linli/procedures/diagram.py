"""A procedure drawn as SVG from its definition alone: steps as boxes in layers, acts that lead on as arrows. Pure.

No layout engine: a step's layer is its distance from the start along acts that go forward; within a layer the order is
the one with the shortest arrows. An act that stays in its step, or that leads to one end from almost everywhere, is
written inside the box. Colours come from classes of the style sheet.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

from markupsafe import Markup

from linli.procedures.definitions import Act, Definition, Step

BOX, LINE, GAP_X, GAP_Y, MARGIN = 150, 18, 98, 46, 20
HEAD, LANE, PORT = 30, 24, 28
LETTERS = 10  # of an average width in a line of a box
# An act from so many steps is no way among others but a door in every room.
EVERYWHERE = 5
TALLEST_COLUMN = 6

Way = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    step: Step
    x: float
    y: float
    height: float
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def layers(shape: Definition) -> dict[str, int]:
    """Step -> its distance from the start, breadth first, so a way back never pushes a step on. Ends come last."""
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


def everywhere(act: Act) -> bool:
    """Whether an act is written into its target instead of being drawn from each of its many steps."""
    return bool(act.to) and len(act.sources) >= EVERYWHERE


def arrows(shape: Definition) -> dict[Way, list[str]]:
    """(from, to) -> names of the acts drawn there."""
    found: dict[Way, list[str]] = defaultdict(list)
    for act in shape.acts.values():
        for source in act.sources:
            if act.to and act.to != source and not everywhere(act):
                found[source, act.to].append(act.name)
    return dict(found)


def place(shape: Definition) -> dict[str, Box]:
    """Where each box stands."""
    depth = layers(shape)
    columns: dict[int, list[str]] = defaultdict(list)
    for code in shape.steps:
        columns[depth[code]].append(code)
    lines = {code: _lines(shape, code) for code in shape.steps}
    sizes = {code: HEAD + LINE * len(lines[code]) + 12.0 for code in shape.steps}
    tall = max(_column_height(codes, sizes) for codes in columns.values())
    ways = list(arrows(shape))
    middles: dict[str, float] = {}
    for layer in sorted(columns):
        codes = columns[layer]
        orders = permutations(codes) if len(codes) <= TALLEST_COLUMN else [tuple(codes)]
        best = min(orders, key=lambda order: _length(_stack(order, sizes, tall), middles, ways))
        columns[layer] = list(best)
        middles |= {code: y + sizes[code] / 2 for code, y in _stack(best, sizes, tall).items()}
    top = MARGIN + LANE * _over(ways, depth)
    boxes = {}
    for layer, codes in columns.items():
        for code, y in _stack(tuple(codes), sizes, tall).items():
            boxes[code] = Box(shape.steps[code], MARGIN + layer * (BOX + GAP_X), top + y, sizes[code], lines[code])
    return boxes


def _column_height(codes: list[str], sizes: Mapping[str, float]) -> float:
    return sum(sizes[code] for code in codes) + GAP_Y * (len(codes) - 1)


def _stack(codes: tuple[str, ...], sizes: Mapping[str, float], tall: float) -> dict[str, float]:
    """The upper edges of a column that stands in the middle of the drawing's height."""
    y = (tall - _column_height(list(codes), sizes)) / 2
    found = {}
    for code in codes:
        found[code] = y
        y += sizes[code] + GAP_Y
    return found


def _length(edges: Mapping[str, float], before: Mapping[str, float], ways: list[Way]) -> float:
    """How long the arrows of a column would be; one inside the column counts dearly, it must not cross a box."""
    total = 0.0
    for a, b in ways:
        if a in edges and b in edges:
            total += 4 * abs(edges[a] - edges[b])
        elif a in edges and b in before:
            total += abs(edges[a] - before[b])
        elif b in edges and a in before:
            total += abs(edges[b] - before[a])
    return total


def _over(ways: list[Way], depth: Mapping[str, int]) -> int:
    """How many arrows go back over more than one layer; each has a lane above the boxes."""
    return sum(1 for a, b in ways if depth[a] - depth[b] > 1)


def _lines(shape: Definition, code: str) -> tuple[str, ...]:
    """What is written in a box: the acts that stay there, and those that come from everywhere."""
    names = [act.name for act in shape.acts.values() if code in act.sources and (not act.to or act.to == code)]
    names += [f"随时{act.name}" for act in shape.acts.values() if act.to == code and everywhere(act)]
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) + 1 <= LETTERS:
            lines[-1] += f"、{name}"
        else:
            lines.append(name)
    return tuple(lines)


def draw(shape: Definition) -> Markup:
    """The whole drawing as an <svg>, with a text for whoever cannot see it."""
    boxes, ways = place(shape), arrows(shape)
    width = max(box.x for box in boxes.values()) + BOX + MARGIN
    height = max(box.y + box.height for box in boxes.values()) + MARGIN
    parts = [_TIP, *_ways(boxes, ways), *(_box(box) for box in boxes.values())]
    words = "；".join(
        f"{shape.steps[a].name}—{'、'.join(names)}→{shape.steps[b].name}" for (a, b), names in ways.items()
    )
    return Markup(
        '<svg class="flow" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{name}：{words}">'
        "{body}</svg>"
    ).format(w=round(width), h=round(height), name=shape.name, words=words, body=Markup("").join(parts))


_TIP = Markup(
    '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path class="flow-tip" d="M0 0 8 4 0 8z"/></marker></defs>'
)


def _box(box: Box) -> Markup:
    kind = "final" if box.step.final else "paused" if box.step.paused else box.step.tone
    lines = Markup("").join(
        Markup('<text class="flow-stay" x="{x}" y="{y}">{text}</text>').format(
            x=round(box.x + 12), y=round(box.y + HEAD + LINE * index + 12), text=line
        )
        for index, line in enumerate(box.lines)
    )
    return Markup(
        '<g class="flow-step flow-{kind}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4"/>'
        '<text class="flow-name" x="{tx}" y="{ty}">{name}</text>{lines}</g>'
    ).format(
        kind=kind,
        x=round(box.x),
        y=round(box.y),
        w=BOX,
        h=round(box.height),
        tx=round(box.x + 12),
        ty=round(box.y + 21),
        name=box.step.name,
        lines=lines,
    )


def _ways(boxes: Mapping[str, Box], ways: Mapping[Way, list[str]]) -> list[Markup]:
    """Every arrow. Those that share a side of a box leave it at ports of their own, in the order of where they go."""
    ports = _ports(boxes, list(ways))
    drawn: list[Markup] = []
    lane = 0
    for (a, b), names in ways.items():
        first, second = boxes[a], boxes[b]
        if first.x == second.x:
            drawn.append(_vertical(first, second, names))
        elif second.x < first.x - BOX - GAP_X:
            lane += 1
            drawn.append(_over_the_top(first, second, names, MARGIN + LANE * (lane - 0.5)))
        else:
            drawn.append(_across(first, second, names, ports[a, b, "a"], ports[a, b, "b"]))
    return drawn


def _ports(boxes: Mapping[str, Box], ways: list[Way]) -> dict[tuple[str, str, str], float]:
    sides: dict[tuple[str, str], list[tuple[float, int, tuple[str, str, str]]]] = defaultdict(list)
    for number, (a, b) in enumerate(ways):
        first, second = boxes[a], boxes[b]
        if first.x == second.x or second.x < first.x - BOX - GAP_X:
            continue
        out, into = ("right", "left") if second.x > first.x else ("left", "right")
        sides[a, out].append((second.middle, number, (a, b, "a")))
        sides[b, into].append((first.middle, number, (a, b, "b")))
    found = {}
    for (code, _side), ends in sides.items():
        box = boxes[code]
        step = min(PORT, (box.height - 12) / max(1, len(ends)))
        for index, (_y, _number, key) in enumerate(sorted(ends)):
            found[key] = box.middle + (index - (len(ends) - 1) / 2) * step
    return found


def _across(a: Box, b: Box, names: list[str], y1: float, y2: float) -> Markup:
    forward = b.x > a.x
    x1, x2 = (a.x + BOX, b.x) if forward else (a.x, b.x + BOX)
    bend = (x2 - x1) / 2
    path = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    # The name stands nearer to the end that lies apart, where the arrows have parted.
    at = 0.5 if abs(y1 - y2) < PORT else 0.66 if forward else 0.34
    ease = 3 * at**2 - 2 * at**3
    return _curve(path, names, x1 + (x2 - x1) * at, y1 + (y2 - y1) * ease + 4, "middle")


def _vertical(a: Box, b: Box, names: list[str]) -> Markup:
    """Between two boxes of a column; there and back stand beside each other."""
    down = b.y > a.y
    x = a.x + BOX / 2 + (34 if down else -34)
    y1, y2 = (a.y + a.height, b.y) if down else (a.y, b.y + b.height)
    return _curve(f"M{x:.0f} {y1:.0f}L{x:.0f} {y2:.0f}", names, x + 6, (y1 + y2) / 2 + 4, "start")


def _over_the_top(a: Box, b: Box, names: list[str], y: float) -> Markup:
    """Back over other layers: out of the left side, up the gap, along a lane, down into the box."""
    x1, y1, x2, y2 = a.x, a.y + 10, b.x + BOX / 2, b.y
    gap = x1 - 14
    path = f"M{x1:.0f} {y1:.0f}H{gap + 6:.0f}Q{gap:.0f} {y1:.0f} {gap:.0f} {y1 - 6:.0f}"
    path += f"V{y + 6:.0f}Q{gap:.0f} {y:.0f} {gap - 6:.0f} {y:.0f}"
    path += f"H{x2 + 6:.0f}Q{x2:.0f} {y:.0f} {x2:.0f} {y + 6:.0f}V{y2:.0f}"
    return _curve(path, names, (gap + x2) / 2, y + 4, "middle")


def _curve(path: str, names: list[str], x: float, y: float, anchor: str) -> Markup:
    """An arrow with the names of its acts, one under the other."""
    top = y - (len(names) - 1) * 7
    words = Markup("").join(
        Markup('<tspan x="{x}" y="{y}">{name}</tspan>').format(x=round(x), y=round(top + index * 14), name=name)
        for index, name in enumerate(names)
    )
    return Markup(
        '<g class="flow-act"><path d="{path}" marker-end="url(#flow-tip)"/>'
        '<text text-anchor="{anchor}">{words}</text></g>'
    ).format(path=path, anchor=anchor, words=words)
