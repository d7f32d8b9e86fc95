// Long texts survive a lost session, a crash of the page, a wrong turn. They stay in this tab only (sessionStorage), under the
// person's own key, and go as soon as the form has been accepted, or when they are old.
import { make, words } from "../words.js";

const HOUR = 3600 * 1000;
const SENT = "linli:sent";
const actor = () => document.body.dataset.actor ?? "";
const key = (form) => `linli:draft:${actor()}:${form.dataset.draft}`;
// Residents may share a device: what nobody signed for is kept for half an hour only.
const lifetime = () => (actor() ? 12 * HOUR : HOUR / 2);
const KEPT = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit], [data-private])";

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // storage full or forbidden: the form works without drafts
  }
}

function values(form) {
  const found = {};
  for (const field of form.querySelectorAll(KEPT)) {
    if (!field.name || ((field.type === "radio" || field.type === "checkbox") && !field.checked)) continue;
    (found[field.name] ??= []).push(field.value);
  }
  return found;
}

function restore(form, draft) {
  for (const field of form.querySelectorAll(KEPT)) {
    const saved = draft.values[field.name];
    if (field.type === "radio" || field.type === "checkbox") field.checked = Boolean(saved?.includes(field.value));
    else if (saved) field.value = saved[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(form, draft) {
  const empty = JSON.stringify(values(form));
  if (empty === JSON.stringify(draft.values)) return;
  restore(form, draft);
  const discard = make("button", { type: "button", class: "btn btn-quiet btn-sm" }, words.discard);
  const note = make("p", { class: "draft-note", role: "status" }, make("span", {}, words.restored), discard);
  discard.addEventListener("click", () => {
    form.reset();
    sessionStorage.removeItem(key(form));
    note.remove();
  });
  form.prepend(note);
}

/** A form that was sent and has not come back with errors was accepted. */
function forget(root) {
  if (document.body.hasAttribute("data-keep-drafts")) return;
  const sent = read(SENT) ?? [];
  const back = [...root.querySelectorAll("form[data-draft][data-bound]")].map(key);
  for (const name of sent) if (!back.includes(name)) sessionStorage.removeItem(name);
  if (sent.length) sessionStorage.removeItem(SENT);
}

export const drafts = {
  start() {
    let pause;
    document.addEventListener("input", (event) => {
      const form = event.target.form;
      if (!form?.dataset.draft || !event.isTrusted) return;
      clearTimeout(pause);
      pause = setTimeout(() => write(key(form), { at: Date.now(), values: values(form) }), 300);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.dataset.draft || event.defaultPrevented) return;
      clearTimeout(pause);
      write(key(form), { at: Date.now(), values: values(form) });
      write(SENT, [...new Set([...(read(SENT) ?? []), key(form)])]);
    }, { capture: true });
    document.addEventListener("htmx:after:swap", (event) => {
      const { ctx } = event.detail;
      if (ctx.request.method !== "GET" && ctx.response.status < 400) forget(document);
    });
    forget(document);
  },
  ready(root) {
    for (const form of root.querySelectorAll("form[data-draft]:not([data-draft-seen])")) {
      form.dataset.draftSeen = "";
      const draft = read(key(form));
      if (!draft || form.hasAttribute("data-bound")) continue;
      if (Date.now() - draft.at > lifetime()) sessionStorage.removeItem(key(form));
      else offer(form, draft);
    }
  },
};
