// What a layer of the map looks like: a shape and a colour for each, the same on the canvas and in the legend.
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";
import { font, textSize, token } from "./colours.js";

// points of the polygon (0: a circle), inner radius of a star, turn; the token of its colour; apart: how far from its spot it is drawn,
// in half letters to the right and up, so that what lies in one spot stands side by side.
const SHAPES = {
  cases: { points: 0, colour: "accent", apart: [1.2, 1.2] },
  buildings: { points: 4, turn: Math.PI / 4, colour: "ink-quiet" },
  sites: { points: 3, colour: "good", apart: [-1.2, 1.2] },
  things: { points: 4, turn: 0, colour: "series-2" },
  constructions: { points: 6, turn: 0, colour: "series-3", apart: [1.4, -0.9] },
  care: { points: 5, turn: 0, colour: "series-5" },
  people: { points: 5, inner: 0.45, turn: 0, colour: "focus" },
  charges: { points: 4, inner: 0.4, turn: 0, colour: "series-4", apart: [-1.4, -0.9] },
};
const shapeOf = (code) => SHAPES[code] ?? SHAPES.cases;

export function image(code, { radius = 6, flagged = false, displacement = [0, 0], over = false } = {}) {
  const { points, inner, turn = 0, colour } = shapeOf(code);
  const common = {
    radius,
    displacement,
    fill: new Fill({ color: token(flagged ? "bad" : colour) }),
    stroke: new Stroke({ color: token(over ? "ink" : "white"), width: over ? 2 : 1.2 }),
  };
  return points ? new RegularShape({ ...common, points, radius2: inner ? radius * inner : undefined, angle: turn }) : new Circle(common);
}

/** The style of one mark; a flagged one is bigger, red and says "!". many: how many of its layer lie in this very spot, said beside it. */
export function markStyle(code, flagged, over, many = 1) {
  const radius = textSize(flagged ? 0.6 : code === "cases" || code === "sites" ? 0.5 : 0.4);
  const [right, up] = (shapeOf(code).apart ?? [0, 0]).map((step) => step * textSize(0.5));
  const mark = new Style({
    image: image(code, { radius, flagged, over, displacement: [right, up] }),
    zIndex: flagged || over ? 3 : code === "buildings" ? 1 : 2,
    text: flagged
      ? new Text({ text: "!", font: `700 ${textSize(0.72)}px ${font()}`, offsetX: right, offsetY: -up, fill: new Fill({ color: token("white") }) })
      : undefined,
  });
  if (many < 2) return mark;
  const number = new Text({
    text: String(many),
    font: `700 ${textSize(0.75)}px ${font()}`,
    textAlign: right < 0 ? "right" : "left",
    offsetX: right + (right < 0 ? -1 : 1) * (radius + 2),
    offsetY: -up,
    fill: new Fill({ color: token("ink") }),
    stroke: new Stroke({ color: token("white"), width: 3 }),
  });
  return [mark, new Style({ zIndex: 4, text: number })];
}

/** How many of these marks lie in one spot: on the one that is drawn last there, and 1 on the others. */
export function piled(marks) {
  const spots = new Map();
  for (const mark of marks) {
    const spot = `${mark.lon} ${mark.lat}`;
    const pile = spots.get(spot);
    if (!pile) spots.set(spot, { count: 1, top: mark });
    else {
      pile.count += 1;
      if (mark.flagged || !pile.top.flagged) pile.top = mark;
    }
  }
  return new Map([...spots.values()].map(({ count, top }) => [top.id, count]));
}

/** Counts of several layers round one point: shape and number side by side, two to a row. entries: [[code, text], ...]. */
export function countStyles(entries) {
  const size = textSize(0.86);
  const [wide, high] = [size * 3.9, size * 1.5];
  const rows = Math.ceil(entries.length / 2);
  return entries.map(([code, text], index) => {
    const alone = entries.length % 2 === 1 && index === entries.length - 1;
    const x = alone ? 0 : (index % 2 ? 1 : -1) * (wide / 2);
    const y = (Math.floor(index / 2) - (rows - 1) / 2) * high + high; // under the name of the region
    const left = x - wide / 2 + size * 0.8;
    return new Style({
      image: image(code, { radius: size * 0.5, displacement: [left, -y] }),
      text: new Text({
        text,
        font: `600 ${size}px ${font()}`,
        textAlign: "left",
        offsetX: left + size * 0.7,
        offsetY: y,
        fill: new Fill({ color: token("ink") }),
        stroke: new Stroke({ color: token("white"), width: 4 }),
      }),
    });
  });
}

/** The same shape as a small picture for the legend. */
export function swatch(code) {
  const { points, inner, turn = 0, colour } = shapeOf(code);
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "-8 -8 16 16");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, points ? "polygon" : "circle");
  shape.setAttribute("fill", token(colour));
  if (points) shape.setAttribute("points", corners(points, inner, turn).map((pair) => pair.join(",")).join(" "));
  else shape.setAttribute("r", "6.5");
  svg.append(shape);
  return svg;
}

function corners(points, inner, turn) {
  const count = inner ? points * 2 : points;
  return Array.from({ length: count }, (_, index) => {
    const radius = inner && index % 2 ? 7 * inner : 7;
    const angle = turn - Math.PI / 2 + (index * 2 * Math.PI) / count;
    return [(radius * Math.cos(angle)).toFixed(2), (radius * Math.sin(angle)).toFixed(2)];
  });
}

/** Draw a legend swatch on a picture's canvas. */
export function paintSwatch(pen, code, x, y, radius) {
  const { points, inner, turn = 0, colour } = shapeOf(code);
  pen.fillStyle = token(colour);
  pen.beginPath();
  if (!points) pen.arc(x, y, radius, 0, 2 * Math.PI);
  else corners(points, inner, turn).forEach(([dx, dy], index) => pen[index ? "lineTo" : "moveTo"](x + (dx * radius) / 7, y + (dy * radius) / 7));
  pen.closePath();
  pen.fill();
}
