// Shortcuts. None works while somebody types, and each has a visible way with the pointer.
import { panel } from "./panel.js";

let awaiting = 0; // until when a letter after `g` counts

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open], .map-canvas");

function move(step) {
  const rows = [...document.querySelectorAll("tr.row-open")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("row-here") || row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  for (const row of rows) row.classList.toggle("row-here", row === next);
  const link = next.querySelector(".row-link");
  link?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (panel.isOpen()) link?.click();
}

function onKey(event) {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.post-switch[open], details.filter-many[open], details.reveal[open]");
    if (menu) menu.open = false;
    else if (!document.querySelector("dialog[open]") && panel.isOpen()) panel.close();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (awaiting > Date.now()) {
    awaiting = 0;
    const entry = [...document.querySelectorAll(".menu a[data-key]")].find((link) => link.dataset.key === event.key);
    if (entry) {
      event.preventDefault();
      entry.click();
    }
    return;
  }
  const acts = {
    "?": () => document.getElementById("keys")?.showModal(),
    "/": () => (document.querySelector("[data-global-search]") ?? document.querySelector("[data-search-here]"))?.focus(),
    g: () => (awaiting = Date.now() + 1500),
    j: () => move(1),
    k: () => move(-1),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
}

export const keyboard = {
  start() {
    document.addEventListener("keydown", onKey);
  },
};
