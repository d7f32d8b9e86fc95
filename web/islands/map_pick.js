// Marking a place: by a tap, by arrow keys, or by the device's position, which is asked for only when the button is pressed.
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, toLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { icon, make, words } from "../words.js";
import { token } from "./colours.js";

const STEP = 12; // pixels a press of an arrow key moves the mark
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function markStyle() {
  const ring = (radius, fill, line, width) => new Style({ image: new Circle({ radius, fill: fill ? new Fill({ color: fill }) : undefined, stroke: new Stroke({ color: line, width }) }) });
  return [ring(13, null, token("white"), 5), ring(13, null, token("ink"), 2.5), ring(4, token("ink"), token("white"), 1)];
}

export function picker({ element, canvas, tip, tools, view }) {
  const { map, features, regionAt, tell } = view;
  const lon = element.querySelector("[data-lon]");
  const lat = element.querySelector("[data-lat]");
  const mark = new Feature();
  map.addLayer(new VectorLayer({ source: new VectorSource({ features: [mark] }), style: markStyle() }));

  function put(coordinate, { announce = true } = {}) {
    mark.setGeometry(new Point(coordinate));
    const [x, y] = toLonLat(coordinate);
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    const region = regionAt(coordinate);
    const inside = region || !features.length;
    tip.classList.toggle("map-tip-bad", !inside);
    tell(inside ? words.picked(region?.get("name") ?? `${lon.value}, ${lat.value}`) : words.outside);
    if (!announce) return;
    const detail = { lon: x, lat: y, code: region?.get("code") ?? "" };
    element.dispatchEvent(new CustomEvent("linli:picked", { bubbles: true, detail }));
    lon.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(coordinate) {
    const size = map.getSize();
    const pixel = map.getPixelFromCoordinate(coordinate);
    const hidden = !pixel || pixel[0] < 20 || pixel[1] < 20 || pixel[0] > size[0] - 20 || pixel[1] > size[1] - 20;
    if (hidden) map.getView().setCenter(coordinate);
  }

  if (lon.value && lat.value) {
    const start = fromLonLat([Number(lon.value), Number(lat.value)]);
    put(start, { announce: false });
    map.getView().setCenter(start);
  }
  map.on("singleclick", (event) => put(event.coordinate));

  canvas.addEventListener(
    "keydown",
    (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation(); // else the map itself would move
      const reach = STEP * (event.shiftKey ? 5 : 1) * map.getView().getResolution();
      const from = mark.getGeometry()?.getCoordinates() ?? map.getView().getCenter();
      const to = mark.getGeometry() ? [from[0] + arrow[0] * reach, from[1] - arrow[1] * reach] : from;
      put(to);
      show(to);
    },
    { capture: true },
  );

  if (!navigator.geolocation) return;
  const here = make("button", { type: "button", class: "btn btn-secondary btn-sm" }, icon("current-location"), make("span", {}, words.myPlace));
  here.addEventListener("click", () => {
    here.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      (position) => {
        here.removeAttribute("aria-busy");
        const at = fromLonLat([position.coords.longitude, position.coords.latitude]);
        put(at);
        map.getView().animate({ center: at, zoom: Math.max(map.getView().getZoom(), 17), duration: 200 });
      },
      () => {
        here.removeAttribute("aria-busy");
        tell(words.noPlace);
      },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
  const foot = element.querySelector(".map-foot");
  foot.append(here);
}
