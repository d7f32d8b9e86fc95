// What the map says, as legend and as tables.
import { make, words } from "../words.js";
import { token } from "./colours.js";
import { figure, shade } from "./scale.js";

function swatch(fill, striped) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 14");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", "M.5.5h23v13H.5z");
  shape.setAttribute("fill", fill);
  shape.setAttribute("stroke", token("line-control"));
  svg.append(shape);
  if (striped) {
    const lines = document.createElementNS(space, "path");
    lines.setAttribute("d", "M2 13L13 1M10 13L21 1M18 13l5-6");
    lines.setAttribute("stroke", token("line-control"));
    svg.append(lines);
  }
  return svg;
}

const range = (from, to) => (from === to ? to : `${from}–${to}`);

/** The classes of a shaded map with their bounds. */
export function legend(bounds, values, unit, digits) {
  const known = Object.values(values).filter((value) => value !== null);
  const edges = [Math.min(...known), ...bounds, Math.max(...known)];
  const items = edges.slice(1).map((edge, index) =>
    make("li", {}, swatch(token(`scale-${shade(index, edges.length - 1)}`)), range(figure(edges[index], unit, digits), figure(edge, unit, digits))),
  );
  if (Object.values(values).includes(null)) items.push(make("li", {}, swatch(token("white"), true), words.noData));
  return make("ul", { class: "map-legend" }, ...items);
}

function list(label, heads, rows) {
  const head = make("tr", {}, ...heads.map((text, index) => make("th", { scope: "col", class: index ? "col-number" : null }, text)));
  const table = make("table", { class: "table table-dense" }, make("caption", { class: "visually-hidden" }, label), make("thead", {}, head), make("tbody", {}, ...rows));
  const box = make("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": label || words.asList }, table);
  return make("details", { class: "map-list" }, make("summary", {}, words.asList), box);
}

const cell = (text, url) => (url ? make("a", { href: url }, text) : text);

/** Every region with its figure and the same link as its polygon. */
export function regionList(features, values, { label, name, unit, digits, address }) {
  const sorted = [...features].sort((a, b) => String(a.get("code")).localeCompare(String(b.get("code"))));
  const rows = sorted.map((feature) => {
    const code = feature.get("code");
    const value = values[code];
    const shown = value === null || value === undefined ? words.noData : figure(value, unit, digits);
    return make("tr", {}, make("td", {}, cell(feature.get("name") ?? code, address(code))), name ? make("td", { class: "col-number" }, shown) : "");
  });
  return list(label, name ? [words.region, name] : [words.region], rows);
}

/** Every point by its label. */
export function pointList(points, label) {
  return list(label, [words.region], points.map((point) => make("tr", {}, make("td", {}, cell(point.label, point.url)))));
}
