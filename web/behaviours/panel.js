// The side panel: a row opens beside its list. Opening is one step in the history, so "back" closes it.
import { make, words } from "../words.js";

const root = document.documentElement;
const frame = () => document.getElementById("panel");
const body = () => document.getElementById("panel-body");
let opener = null; // what had the focus before
let htmxRef = null;
let closing = false;
let leaving = false; // the way back has been asked for, and the browser has not gone it yet
let meanwhile = null; // the address opened while it went
let held = null; // the row with the focus, while its list is replaced

function waiting() {
  const lines = Array.from({ length: 5 }, () => make("span", { class: "skeleton-line" }));
  return make("div", { class: "skeleton", role: "status" }, make("span", { class: "visually-hidden" }, words.loading), ...lines);
}

/** Mark the row whose page is open; again after the list has been replaced. */
function markRow() {
  const url = frame().querySelector("[data-panel-full]").getAttribute("href");
  for (const row of document.querySelectorAll("tr.row-open")) row.classList.toggle("row-here", row.dataset.href === url);
}

function show(url) {
  const aside = frame();
  aside.hidden = false;
  root.classList.add("with-panel");
  aside.querySelector("[data-panel-full]").href = url;
  markRow();
}

/** Put the focus on a row's link, in sight; once more when the browser has put the page back where it was. */
function settle(link) {
  const row = link?.closest("tr") ?? link;
  link?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  setTimeout(() => document.activeElement === link && row?.scrollIntoView({ block: "nearest" }), 50);
}

function hide() {
  const aside = frame();
  if (!aside || aside.hidden) return;
  aside.hidden = true;
  root.classList.remove("with-panel");
  body().replaceChildren();
  const here = document.querySelector("tr.row-here .row-link");
  settle(opener?.isConnected ? opener : here);
  opener = null;
}

/** Close by going back to where the list was, so that history holds no dead step. */
function close() {
  if (leaving) return; // a second Escape must not leave the list
  leaving = Boolean(history.state?.panel);
  if (leaving) history.back();
  else hide();
}

/** What is opened last is shown: the answer to an earlier click does not come after it. */
function onConfig(event) {
  const { ctx } = event.detail;
  if (ctx.target?.id === "panel-body" && ctx.request.method === "GET") ctx.sourceElement.setAttribute("hx-sync", "#panel-body:replace");
}

function load(url) {
  htmxRef.ajax("GET", url, { target: "#panel-body", headers: { "HX-Target": "div#panel-body" } });
}

function onRequest(event) {
  const { ctx } = event.detail;
  if (ctx.target?.id !== "panel-body" || ctx.request.method !== "GET") return;
  const url = ctx.request.action;
  if (frame().hidden) opener = document.activeElement;
  show(url);
  body().replaceChildren(waiting());
  if (leaving) meanwhile = url;
  else step(url);
}

/** One step in the history for the panel, however many rows are opened in it. */
function step(url) {
  if (history.state?.panel === url) return;
  const next = { htmx: true, panel: url }; // stamped as htmx does, else htmx would write over it
  const address = `${location.pathname}${location.search}#open=${encodeURI(url)}`;
  if (history.state?.panel) history.replaceState(next, "", address);
  else history.pushState(next, "", address);
}

function holdRow() {
  const row = document.activeElement?.closest("tr.row-open");
  const box = row?.getBoundingClientRect();
  const seen = box && box.bottom > 0 && box.top < innerHeight;
  held = row && { url: row.dataset.href, at: [...document.querySelectorAll("tr.row-open")].indexOf(row), seen };
}

/** Give the focus back to the row that had it, or to the one that stands in its place now. */
function giveBack() {
  if (!held) return;
  if (document.activeElement !== document.body) {
    if (held.seen) document.activeElement.closest("tr.row-open")?.scrollIntoView({ block: "nearest" });
    return;
  }
  const rows = [...document.querySelectorAll("tr.row-open")];
  const row = rows.find((one) => one.dataset.href === held.url) ?? rows[Math.min(held.at, rows.length - 1)];
  row?.classList.add("row-here");
  settle(row?.querySelector(".row-link"));
}

function onSwap(event) {
  const { ctx } = event.detail;
  if (panel.isOpen()) markRow();
  else giveBack();
  held = null;
  if (ctx.target?.id !== "panel-body") return;
  body().scrollTop = 0;
  if (ctx.request.method === "GET") body().focus({ preventScroll: true });
  else if (ctx.response.status < 400) document.body.dispatchEvent(new CustomEvent("linli:changed", { bubbles: true }));
}

export const panel = {
  close,
  /** The page could not be shown: say so where it would have stood. */
  fail(text) {
    body().replaceChildren(make("p", { class: "notice notice-bad" }, text));
  },
  isOpen: () => frame() !== null && !frame().hidden,
  start(htmx) {
    htmxRef = htmx;
    if (!frame()) return;
    document.addEventListener("htmx:config:request", onConfig);
    document.addEventListener("htmx:before:request", onRequest);
    document.addEventListener("htmx:before:swap", holdRow);
    document.addEventListener("htmx:after:swap", onSwap);
    document.addEventListener("click", (event) => {
      if (event.target.closest?.("[data-panel-close]")) close();
      const row = event.target.closest?.("tr.row-open");
      if (!row || event.target.closest("a, button, input, select, label, summary, textarea") || getSelection().toString()) return;
      if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
      else row.querySelector(".row-link")?.click();
    });
    addEventListener("popstate", () => {
      const url = history.state?.panel;
      const opened = meanwhile;
      leaving = false;
      meanwhile = null;
      if (url) load(url);
      else if (panel.isOpen()) {
        closing = true; // the list under the panel is still there: htmx need not fetch it again
        setTimeout(() => (closing = false), 100);
        if (opened) step(opened);
        else hide();
      }
    });
    document.addEventListener("htmx:before:history:restore", (event) => {
      if (closing || history.state?.panel) event.preventDefault();
    });
    const wanted = decodeURI(location.hash).match(/^#open=(\/(?!\/).*)$/)?.[1];
    if (wanted) setTimeout(() => load(wanted));
  },
};
