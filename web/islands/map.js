// <linli-map>: draws regions on a canvas without any tile server. Modes: show (shaded), pick (where is it?), points (clustered).
// Beside the canvas stands a list that says and does the same, for whoever cannot use the picture.
import { make, words } from "../words.js";
import { collection, drawing } from "./map_drawing.js";
import { legend, regionList, pointList } from "./map_list.js";
import { picker } from "./map_pick.js";
import { classBreaks, figure } from "./scale.js";

async function json(text) {
  if (!text) return null;
  if (text.trim().startsWith("{") || text.trim().startsWith("[")) return JSON.parse(text);
  const answer = await fetch(text, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return answer.json();
}

class LinliMap extends HTMLElement {
  connectedCallback() {
    if (this.drawn) return;
    this.drawn = true;
    this.draw().catch((error) => {
      console.error(error);
      this.querySelector(".map-waiting").textContent = words.mapFailed;
    });
  }

  disconnectedCallback() {
    this.map?.setTarget(null);
  }

  inline(name) {
    const block = this.querySelector(`script[data-${name}]`);
    return block ? JSON.parse(block.textContent) : null;
  }

  async draw() {
    const { mode, label, unit = "", name = "", href = "", target = "", fit = "", selected = "", tiles = "" } = this.dataset;
    const digits = Number(this.dataset.digits ?? 0);
    const [regions, points, frames] = await Promise.all([
      json(this.dataset.regions),
      this.inline("points") ?? json(this.dataset.points),
      json(this.dataset.frames),
    ]);
    const values = this.inline("values") ?? {};
    const given = (this.dataset.breaks ?? "").split(",").filter(Boolean).map(Number);
    const bounds = classBreaks(Object.values(values), 5, given);
    const features = collection(regions);
    const say = (feature) => {
      const shown = feature.get("name") ?? feature.get("code");
      if (mode !== "show" || !(name || unit)) return shown;
      const value = values[feature.get("code")];
      return `${shown} ${name} ${value === null || value === undefined ? words.noData : figure(value, unit, digits)}`;
    };
    const address = (code) => (href ? href.replace("{code}", encodeURIComponent(code)) : "");
    const go = (url) => {
      if (!url) return;
      if (target && document.querySelector(target)) dispatchEvent(new CustomEvent("linli:load", { detail: { url, target } }));
      else location.href = url;
    };

    const canvas = make("div", { class: "map-canvas", tabindex: "0", role: "application", "aria-label": label || words.region });
    const tip = make("div", { class: "map-tip", role: "status", hidden: "" });
    const tools = make("div", { class: "map-tools" });
    const foot = make("div", { class: "map-foot" });
    const help = make("span", { id: `${this.id || "map"}-help` }, mode === "pick" ? words.pickHelp : words.mapHelp);
    this.querySelector(".map-waiting").remove();
    this.append(canvas, tip, tools, foot);

    const outlines = collection(frames);
    const view = drawing({ canvas, tip, tools, features, frames: outlines, values, bounds, points, fit, selected, tiles, mode, say, address, go });
    this.map = view.map;
    if (mode === "pick") {
      picker({ element: this, canvas, tip, tools, view });
    } else if (mode === "points") {
      foot.append(pointList(points ?? [], label));
    } else {
      if (Object.keys(values).length) foot.append(legend(bounds, values, unit, digits));
      foot.append(regionList(features, values, { label, name, unit, digits, address }));
    }
    if (matchMedia("(hover: hover)").matches || mode === "pick") foot.prepend(help);
    // A page that offers layers has switches for them; its map is the one beside them.
    const switches = mode === "show" ? this.closest(".map-page")?.querySelector("[data-map-layers]") : null;
    if (switches) await (await import("./map_page.js")).mapPage({ element: this, view, switches, frames: outlines, tell: view.tell });
  }
}

customElements.define("linli-map", LinliMap);
