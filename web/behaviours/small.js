// Dialogs, toasts, copying, sealed values that hide again, menus that close: a few lines each.
import { icon, make, words } from "../words.js";

const TOAST_SECONDS = 7;

/** Show a short message; bad news stays until it is dismissed. */
export function toast(text, tone = "info") {
  const box = document.getElementById("toasts");
  if (!box || !text) return;
  const icons = { good: "circle-check", warn: "alert-triangle", bad: "alert-circle" };
  const close = make("button", { type: "button", class: "btn btn-quiet btn-icon btn-sm", "data-dismiss": "", "aria-label": "×" }, icon("x"));
  const note = make("div", { class: `toast-note toast-${tone}`, "data-toast": "" }, icon(icons[tone] ?? "info-circle"), make("span", {}, text), close);
  box.append(note);
  fade(note);
}

function fade(note) {
  note.dataset.seen = "";
  if (note.matches(".toast-bad, .toast-error")) return;
  setTimeout(() => note.remove(), TOAST_SECONDS * 1000);
}

function hideAgain(element) {
  const seconds = Number(element.dataset.revealed);
  element.removeAttribute("data-revealed");
  setTimeout(() => element.replaceChildren(make("span", { class: "muted" }, words.hidden)), seconds * 1000);
}

function showPhoto(link) {
  const image = link.querySelector("img");
  const close = make("button", { type: "button", class: "btn btn-quiet btn-icon", "data-close": "", "aria-label": "×" }, icon("x"));
  const view = make(
    "dialog",
    { class: "dialog photo-view", "aria-label": image.alt },
    make("header", { class: "dialog-header" }, make("span", {}, image.alt), close),
    make("div", { class: "dialog-body" }, make("img", { src: link.href, alt: image.alt })),
  );
  document.body.append(view);
  view.addEventListener("close", () => view.remove());
  view.showModal();
}

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  for (const open of document.querySelectorAll("details.post-switch[open], details.filter-many[open]")) {
    if (!open.contains(target)) open.open = false;
  }
  const opener = target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target.matches("dialog")) target.close(); // a click on the backdrop
  if (target.closest("[data-dismiss]")) target.closest("[data-toast]")?.remove();
  const photo = target.closest("[data-photo]");
  if (photo && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    showPhoto(photo);
  }
  const copy = target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(words.copied, "good"));
  const filters = target.closest("[data-filter-toggle]");
  if (filters) filters.setAttribute("aria-expanded", String(filters.form.classList.toggle("filters-open")));
  const menu = target.closest("[data-menu-toggle]");
  if (menu) menu.setAttribute("aria-expanded", String(document.documentElement.classList.toggle("with-menu")));
}

export const small = {
  start() {
    document.addEventListener("click", onClick);
    document.addEventListener("linli:toast", (event) => toast(event.detail?.text, event.detail?.tone));
  },
  ready(root) {
    for (const note of root.querySelectorAll("[data-toast]:not([data-seen])")) fade(note);
    for (const value of root.querySelectorAll("[data-revealed]")) hideAgain(value);
    for (const dialog of root.querySelectorAll("dialog[data-open-now]:not([open])")) {
      dialog.removeAttribute("data-open-now");
      dialog.showModal();
    }
    for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
      const strip = tab.closest(".tabs");
      strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2; // the open tab is never out of sight
    }
    const wrong = root.querySelector("[data-focus]");
    if (wrong) {
      wrong.removeAttribute("data-focus");
      wrong.focus();
    }
  },
};
