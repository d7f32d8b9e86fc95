// Layers over the regions of <linli-map>: counts by community or grid from far, points from near. Switched by the check boxes of the page.
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { boundingExtent } from "ol/extent.js";
import { Circle, Stroke, Style } from "ol/style.js";
import { make, words } from "../words.js";
import { token } from "./colours.js";
import { collection } from "./map_drawing.js";
import { countStyles, markStyle, piled, swatch } from "./map_marks.js";
import { countText, counted, fetchLayer, unpacked } from "./map_payload.js";

const REMEMBERED = "linli-map-layers";
// Metres of the projection on a pixel: from here on counts by grid, from here on points.
const GRIDS_FROM = 14;
const POINTS_FROM = 4;
const FEW = 300; // so few points are shown from further away
const CHOICES = 12;
const METRES_APART = 3;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
  } catch {
    return null;
  }
}

/** Put the layers on a map. Returns {fly(lon, lat, label), layers} where layers says what is drawn, for the picture. */
export async function layered({ element, view, switches, frames, tell }) {
  const { map, features, hooks } = view;
  const begun = performance.now();
  const boxes = [...switches.querySelectorAll("input[data-layer]")];
  const before = remembered();
  const found = new Map(); // code -> {data, marks, source, layer, styles}
  const counts = new VectorLayer({ source: new VectorSource(), zIndex: 20, declutter: "counts", properties: { passive: true } });
  const here = new VectorLayer({ source: new VectorSource(), zIndex: 30, properties: { passive: true } });
  map.addLayer(counts);
  map.addLayer(here);
  const centres = new Map(); // region code -> point, in the projection of the canvas
  const learn = (list) => {
    for (const feature of list) {
      const shape = feature.getGeometry();
      const points = shape?.getInteriorPoints?.().getCoordinates() ?? [shape?.getInteriorPoint?.().getCoordinates()];
      if (points[0]) centres.set(String(feature.get("code")), points[0].slice(0, 2)); // where its name stands
    }
  };
  learn(features);
  learn(frames);

  // Boundaries of grids come when somebody looks closely.
  let grids = null;
  function nearer() {
    if (grids || !switches.dataset.grids) return grids;
    grids = fetch(switches.dataset.grids, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((regions) => {
        const list = collection(regions);
        learn(list);
        const style = new Style({ stroke: new Stroke({ color: token("line-control"), width: 1, lineDash: [4, 4] }) });
        map.addLayer(new VectorLayer({ source: new VectorSource({ features: list }), style, zIndex: 5, maxResolution: gridsFrom, properties: { passive: true } }));
        return true;
      });
    return grids;
  }

  async function layerOf(box) {
    const code = box.dataset.layer;
    if (found.has(code)) return found.get(code);
    const data = await fetchLayer(box.dataset.src);
    const marks = unpacked(data.marks);
    const styles = new Map();
    const style = (feature) => {
      const key = `${feature.get("flagged")}-${feature === hooks.over}-${feature.get("many")}`;
      if (!styles.has(key)) styles.set(key, markStyle(code, feature.get("flagged"), feature === hooks.over, feature.get("many")));
      return styles.get(key);
    };
    const piles = piled(marks);
    const points = marks.map((mark) => new Feature({ many: piles.get(mark.id) ?? 1, geometry: new Point(fromLonLat([mark.lon, mark.lat])), layer: code, key: mark.id, size: mark.size, flagged: mark.flagged }));
    const layer = new VectorLayer({ source: new VectorSource({ features: points }), style, zIndex: code === "buildings" ? 10 : 12, visible: false, updateWhileAnimating: false });
    map.addLayer(layer);
    const entry = { code, data, marks, layer, least: data.least ?? 0, pointed: Boolean(data.marks) };
    found.set(code, entry);
    return entry;
  }

  const shown = () => boxes.filter((box) => box.checked && found.has(box.dataset.layer)).map((box) => found.get(box.dataset.layer));

  // While the whole place is in sight its communities are counted; one step closer its grids.
  const home = map.getView().getResolution();
  const gridsFrom = switches.dataset.grids ? Math.min(GRIDS_FROM, home * 0.75) : GRIDS_FROM;

  function level() {
    const resolution = map.getView().getResolution();
    const few = shown().reduce((sum, entry) => sum + entry.marks.length, 0) <= FEW;
    if (resolution <= POINTS_FROM || (few && resolution <= GRIDS_FROM * 2)) return 0;
    return resolution <= gridsFrom || !switches.dataset.grids ? 20 : 12;
  }

  let drawnLevel = null;
  function draw() {
    drawnLevel = level();
    const active = shown();
    for (const entry of found.values()) entry.layer.setVisible(active.includes(entry) && drawnLevel === 0);
    const round = new Map(); // code of a region -> [[layer, text], ...]
    for (const entry of active) {
      if (drawnLevel === 0 && entry.pointed) continue;
      for (const [code, number] of Object.entries(counted(entry.data, entry.marks, drawnLevel || 20))) {
        if (!number.number && !number.hidden) continue;
        if (!round.has(code)) round.set(code, []);
        round.get(code).push([entry.code, countText(number, entry.least)]);
      }
    }
    const source = counts.getSource();
    source.clear();
    for (const [code, entries] of round) {
      const at = centres.get(code);
      if (!at) continue;
      const feature = new Feature(new Point(at));
      feature.setStyle(countStyles(entries));
      source.addFeature(feature);
    }
  }

  async function update() {
    const wanted = boxes.filter((box) => box.checked);
    await Promise.all(wanted.map(layerOf));
    if (map.getView().getResolution() <= gridsFrom) await nearer();
    draw();
  }

  for (const box of boxes) {
    if (before) box.checked = before.includes(box.dataset.layer);
    box.closest("label").querySelector("[data-mark]")?.replaceChildren(swatch(box.dataset.layer));
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(REMEMBERED, JSON.stringify(boxes.filter((one) => one.checked).map((one) => one.dataset.layer)));
      } catch {
        // A browser that keeps nothing shows the usual layers next time.
      }
      update().catch((error) => tell(words.mapFailed, error));
    });
  }
  map.getView().on("change:resolution", () => {
    if (map.getView().getResolution() <= gridsFrom) nearer()?.then(draw);
    if (level() !== drawnLevel) draw();
  });

  // --- naming and opening --------------------------------------------------------------------------------------------
  const names = new Map();
  const nameOf = (mark) => {
    const url = `${switches.dataset.items}${mark.get("layer")}/${mark.get("key")}.json`;
    if (!names.has(url)) {
      names.set(url, fetch(url, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : { name: words.notFound, note: "", url: "" })));
    }
    return names.get(url);
  };
  const wordsOf = (item, mark) => [item.name, item.note, mark.get("size") ? words.dwellings(mark.get("size")) : ""].filter(Boolean).join(" · ");
  const open = (url) => url && dispatchEvent(new CustomEvent("linli:load", { detail: { url, target: "#panel-body" } }));

  let waiting = null;
  hooks.point = (mark) => {
    if (hooks.over === mark) return;
    hooks.over = mark;
    clearTimeout(waiting);
    for (const entry of found.values()) entry.layer.changed();
    if (!mark) return;
    waiting = setTimeout(async () => {
      const item = await nameOf(mark);
      if (hooks.over === mark) tell(wordsOf(item, mark));
    }, 80);
  };
  const choices = document.getElementById("map-here");
  hooks.click = async (marks) => {
    choices?.replaceChildren();
    if (marks.length === 1) return open((await nameOf(marks[0])).url);
    const extent = boundingExtent(marks.map((mark) => mark.getGeometry().getCoordinates()));
    // Going closer helps only where they do not all lie in one spot.
    const apart = Math.max(extent[2] - extent[0], extent[3] - extent[1]) > METRES_APART;
    if (marks.length > CHOICES && apart && map.getView().getZoom() < 19) {
      return map.getView().fit(extent, { padding: [60, 60, 60, 60], maxZoom: 20, duration: still() ? 0 : 150 });
    }
    const some = marks.slice(0, CHOICES);
    const items = await Promise.all(some.map(nameOf));
    const list = items.map((item, index) => {
      const link = make("a", { href: item.url }, item.name);
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        open(item.url);
      });
      return make("li", {}, swatch(some[index].get("layer")), link, make("small", {}, item.note));
    });
    choices?.append(make("p", {}, words.severalHere(marks.length)), make("ul", {}, ...list));
    return choices?.querySelector("a")?.focus();
  };

  function fly(lon, lat, label) {
    const at = fromLonLat([lon, lat]);
    const ring = new Feature(new Point(at));
    const circle = (radius, colour, width) => new Style({ image: new Circle({ radius, stroke: new Stroke({ color: token(colour), width }) }) });
    ring.setStyle([circle(15, "white", 6), circle(15, "ink", 3)]);
    here.getSource().clear();
    here.getSource().addFeature(ring);
    const target = map.getView();
    target.animate({ center: at, zoom: Math.max(target.getZoom(), 18), duration: still() ? 0 : 400 });
    if (label) tell(label);
  }

  await update();
  element.dataset.ready = "";
  map.once("rendercomplete", () => (element.dataset.drawn = String(Math.round(performance.now() - begun))));
  map.render();
  return { fly, legend: () => boxes.filter((box) => box.checked).map((box) => ({ code: box.dataset.layer, name: box.dataset.name })) };
}
