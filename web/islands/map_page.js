// What the page of the map adds to the map: layers, flying to an address, printing, the picture.
import { layered } from "./map_layers.js";
import { picture, save } from "./map_picture.js";

let open = null; // the map of the page, however often a filter replaced it

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || !open?.element.isConnected) return;
  const fly = target.closest("[data-fly]");
  if (fly && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    flyTo(fly);
  }
  if (target.closest("[data-map-print]")) print();
  const wanted = target.closest("[data-map-picture]");
  if (wanted) {
    const { title, foot, name } = wanted.dataset;
    picture(open.view.map, { title, foot, legend: open.layers.legend() }).then((blob) => save(blob, name));
  }
}

function flyTo(link) {
  const [lon, lat] = link.dataset.fly.split(",").map(Number);
  open.layers.fly(lon, lat, link.dataset.label);
  open.element.scrollIntoView({ block: "nearest" });
}

/** An address was looked for: the map goes to the first one found. */
function onSwap() {
  const list = document.querySelector("#map-found[data-new]");
  if (!list || !open?.element.isConnected) return;
  list.removeAttribute("data-new");
  const first = list.querySelector("[data-fly]");
  if (first) flyTo(first);
}

export async function mapPage({ element, view, switches, frames, tell }) {
  const layers = await layered({ element, view, switches, frames, tell });
  if (!open) {
    document.addEventListener("click", onClick);
    document.addEventListener("htmx:after:swap", onSwap);
  }
  open = { element, view, layers };
  const [lon, lat] = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
  if (Number.isFinite(lon) && Number.isFinite(lat) && (lon || lat)) layers.fly(lon, lat);
  // On a phone the list is a sheet at the lower edge, closed until it is pulled up.
  const sheet = document.querySelector("[data-map-sheet]");
  if (sheet && matchMedia("(max-width: 767px)").matches && !new URLSearchParams(location.search).has("show")) sheet.open = false;
}
