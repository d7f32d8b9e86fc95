// The canvas of <linli-map>: layers, styles, hover, click, keys.
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import Point from "ol/geom/Point.js";
import { defaults as defaultInteractions } from "ol/interaction/defaults.js";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom.js";
import TileLayer from "ol/layer/Tile.js";
import VectorLayer from "ol/layer/Vector.js";
import OlMap from "ol/Map.js";
import { fromLonLat } from "ol/proj.js";
import Cluster from "ol/source/Cluster.js";
import VectorSource from "ol/source/Vector.js";
import XYZ from "ol/source/XYZ.js";
import { createEmpty, extend, isEmpty } from "ol/extent.js";
import { Circle, Fill, Stroke, Style, Text } from "ol/style.js";
import View from "ol/View.js";
import { icon, make, words } from "../words.js";
import { font, textSize, token } from "./colours.js";
import { classOf, shade } from "./scale.js";

/** GeoJSON (WGS 84) as features in the projection of the canvas. */
export function collection(regions) {
  return regions ? new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(regions) : [];
}

/** Stripes for "no data": a shape, not a colour, says it. */
function hatch() {
  const tile = make("canvas", { width: 8, height: 8 });
  const pen = tile.getContext("2d");
  pen.fillStyle = token("white");
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = token("line-control");
  pen.beginPath();
  pen.moveTo(-2, 10);
  pen.lineTo(10, -2);
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Among communities the word itself says nothing; without it more names find room. */
const shortName = (name) => (name.length > 3 ? name.replace(/社区$/, "") : name);

function regionStyles({ values, bounds, mode, selected, state }) {
  const shaded = mode === "show" && Object.keys(values).length > 0;
  const missing = shaded ? hatch() : null;
  const shadeOf = (level) => shade(level, bounds.length + 1);
  const dark = (level) => shaded && level >= 0 && shadeOf(level) >= 4;
  return (feature) => {
    const code = feature.get("code");
    const level = shaded ? classOf(values[code], bounds) : -1;
    const colour = shaded ? (level < 0 ? missing : token(`scale-${shadeOf(level)}`)) : token("white");
    const strong = code === selected || feature === state.hover;
    return new Style({
      zIndex: strong ? 2 : 1,
      fill: new Fill({ color: colour }),
      stroke: new Stroke({ color: token(strong ? "ink" : shaded ? "white" : "line-control"), width: strong ? 2.5 : 1 }),
      text: new Text({
        text: shortName(feature.get("label") ?? feature.get("name") ?? ""),
        font: `${textSize(0.86)}px ${font()}`,
        overflow: false,
        fill: new Fill({ color: token(dark(level) ? "white" : "ink") }),
        stroke: shaded && level < 0 ? new Stroke({ color: token("white"), width: 4 }) : undefined, // readable over the stripes
      }),
    });
  };
}

/** The regions one level up, as outlines with their names: where a community ends among its grids. */
function frameLayer(features) {
  const style = (feature) =>
    new Style({
      stroke: new Stroke({ color: token("ink-soft"), width: 2 }),
      text: new Text({
        text: feature.get("name") ?? "",
        font: `600 ${textSize(0.93)}px ${font()}`,
        overflow: true,
        fill: new Fill({ color: token("ink") }),
        stroke: new Stroke({ color: token("white"), width: 4 }),
      }),
    });
  return new VectorLayer({ source: new VectorSource({ features }), declutter: true, style });
}

function pointStyle(cluster) {
  const members = cluster.get("features");
  const over = members.some((member) => member.get("tone") === "over");
  const many = members.length > 1;
  return new Style({
    image: new Circle({
      radius: many ? Math.min(22, 11 + Math.log2(members.length) * 2) : 7,
      fill: new Fill({ color: token(over ? "bad" : "accent") }),
      stroke: new Stroke({ color: token("white"), width: 2 }),
    }),
    text: new Text({ text: many ? String(members.length) : over ? "!" : "", font: `600 ${textSize(0.86)}px ${font()}`, fill: new Fill({ color: token("white") }) }),
  });
}

function pointLayer(points) {
  const features = points.map((point) => new Feature({ geometry: new Point(fromLonLat([point.lon, point.lat])), ...point }));
  return new VectorLayer({ source: new Cluster({ distance: 36, source: new VectorSource({ features }) }), style: pointStyle });
}

function extentOf(features) {
  return features.reduce((box, feature) => extend(box, feature.getGeometry().getExtent()), createEmpty());
}

/** A round of buttons on the canvas: every gesture has one. */
function buttons(tools, map, home) {
  const button = (name, label, act) => {
    const made = make("button", { type: "button", class: "btn btn-secondary btn-icon btn-sm", "aria-label": label, title: label }, icon(name));
    made.addEventListener("click", act);
    tools.append(made);
  };
  const zoom = (step) => map.getView().animate({ zoom: map.getView().getZoom() + step, duration: 120 });
  button("zoom-in", words.zoomIn, () => zoom(1));
  button("zoom-out", words.zoomOut, () => zoom(-1));
  button("focus-2", words.wholeMap, home);
}

/** Build the map into `canvas`. Returns {map, features, regionAt(coordinate), tell(text), hooks}. */
export function drawing({ canvas, tip, tools, features, frames = [], values, bounds, points, fit, selected, tiles, mode, say, address, go }) {
  const state = { hover: null };
  const hooks = { over: null, point: null, click: null }; // filled by whoever puts layers of marks on the map
  const source = new VectorSource({ features });
  const regions = new VectorLayer({ source, declutter: true, style: regionStyles({ values, bounds, mode, selected, state }) });
  const layers = tiles ? [new TileLayer({ source: new XYZ({ url: tiles }) }), regions] : [regions];
  if (tiles) regions.setOpacity(mode === "show" ? 0.8 : 0.5);
  const outlines = frameLayer(frames);
  if (frames.length) layers.push(outlines);
  if (points) layers.push(pointLayer(points));
  const map = new OlMap({
    target: canvas,
    layers,
    controls: [],
    interactions: defaultInteractions({ mouseWheelZoom: false }).extend([
      // The wheel scrolls the page unless somebody works on the map.
      new MouseWheelZoom({ condition: (event) => document.activeElement === canvas || event.originalEvent.ctrlKey }),
    ]),
    view: new View({ center: [0, 0], zoom: 12, maxZoom: 20 }),
  });
  if (mode !== "pick") map.getViewport().style.touchAction = "pan-y pinch-zoom"; // a finger scrolls the page past the map

  const wanted = fit ? features.filter((feature) => String(feature.get("code")).startsWith(fit)) : features;
  const box = extentOf(wanted.length ? wanted : features);
  const home = () => !isEmpty(box) && map.getView().fit(box, { size: map.getSize(), padding: [24, 24, 24, 24], maxZoom: 18 });
  if (isEmpty(box) && points?.length) map.getView().fit(extentOf(layers.at(-1).getSource().getSource().getFeatures()), { padding: [24, 24, 24, 24] });
  home();
  buttons(tools, map, home);

  const tell = (text) => {
    tip.textContent = text;
    tip.hidden = !text;
  };
  const regionAt = (coordinate) => source.getFeaturesAtCoordinate(coordinate)[0] ?? null;
  const under = (pixel) => map.forEachFeatureAtPixel(pixel, (feature) => feature, { hitTolerance: 4, layerFilter: (layer) => layer !== outlines && !layer.get("passive") });
  const marksAt = (pixel) => map.getFeaturesAtPixel(pixel, { hitTolerance: 6, layerFilter: (layer) => layer !== regions && layer !== outlines && !layer.get("passive") }).filter((feature) => feature.get("layer"));
  const light = (feature) => {
    if (state.hover === feature) return;
    state.hover = feature;
    regions.changed();
  };
  if (mode !== "pick") {
    map.on("pointermove", (event) => {
      if (event.dragging) return;
      const found = under(event.pixel);
      const mark = found?.get("layer") ? found : null;
      hooks.point?.(mark);
      if (mark) {
        light(null);
        canvas.classList.add("map-pointing");
        return;
      }
      const members = found?.get("features");
      light(members ? null : (found ?? null));
      tell(!found ? "" : !members ? say(found) : members.length > 1 ? words.points(members.length) : members[0].get("label"));
      canvas.classList.toggle("map-pointing", Boolean(found));
    });
    map.on("singleclick", (event) => {
      const marks = hooks.click ? marksAt(event.pixel) : [];
      if (marks.length) {
        hooks.click(marks);
        return;
      }
      const found = under(event.pixel);
      const members = found?.get("features");
      if (!found) return;
      if (members?.length > 1) map.getView().fit(extentOf(members), { padding: [60, 60, 60, 60], maxZoom: 19, duration: 150 });
      else if (members) go(members[0].get("url"));
      else if (matchMedia("(hover: hover)").matches || state.tapped === found) go(address(found.get("code")));
      else {
        // Without a hovering pointer the first touch says what it is, the second opens it.
        state.tapped = found;
        light(found);
        tell(say(found));
      }
    });
  }
  return { map, features, regionAt, tell, hooks };
}
