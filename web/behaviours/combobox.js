// A field that is typed into and chosen from (ui/_combobox.html). Arrow keys move, Enter chooses, Esc closes; the server finds.
// Any element with data-fill="<field name>" data-value data-text puts its choice into that field.
const PAUSE = 180;
const box = (input) => input.closest("[data-combobox]");
const list = (input) => document.getElementById(input.getAttribute("aria-controls"));
const options = (input) => [...list(input).querySelectorAll("[role=option]:not([aria-disabled])")];
const waiting = new WeakMap();

function close(input) {
  list(input).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function point(input, option) {
  for (const one of options(input)) one.setAttribute("aria-selected", String(one === option));
  if (!option) return;
  option.id = `${input.id}-${options(input).indexOf(option)}`;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function put(input, value, text) {
  const choice = box(input).querySelector("[data-choice]");
  input.value = text;
  choice.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function choose(input, option) {
  clearTimeout(input.askSoon);
  waiting.get(input)?.abort(); // a later answer must not open the list again
  put(input, option.dataset.value, option.dataset.text);
  close(input);
}

async function ask(input) {
  const { form } = input;
  const told = new FormData(form);
  for (const [name, value] of [...told.entries()]) if (value instanceof File || name === "_nonce") told.delete(name);
  told.set("typed", input.value);
  waiting.get(input)?.abort();
  const stop = new AbortController();
  waiting.set(input, stop);
  try {
    const answer = await fetch(box(input).dataset.combobox, {
      method: "POST", body: told, signal: stop.signal, credentials: "same-origin", headers: { "X-Requested-With": "fetch" },
    });
    if (!answer.ok || document.activeElement !== input) return;
    list(input).innerHTML = await answer.text();
  } catch {
    return; // no list: what was typed is looked up when the form is sent
  }
  list(input).hidden = false;
  input.setAttribute("aria-expanded", "true");
  point(input, input.value ? options(input)[0] : null);
}

function later(input) {
  clearTimeout(input.askSoon);
  input.askSoon = setTimeout(() => ask(input), PAUSE);
}

function onKey(event) {
  const input = event.target;
  if (!input.matches?.("[role=combobox]") || event.isComposing) return;
  const open = !list(input).hidden;
  const all = options(input);
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) ask(input);
    else if (all.length) point(input, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.altKey && !event.metaKey && open && at >= 0) {
    event.preventDefault();
    choose(input, all[at]);
  } else if (event.key === "Escape" && open) {
    event.stopPropagation();
    close(input);
  } else if (event.key === "Tab" && open && at >= 0 && input.value) {
    choose(input, all[at]);
  }
}

export const combobox = {
  start() {
    document.addEventListener("keydown", onKey, { capture: true });
    document.addEventListener("input", (event) => {
      const input = event.target;
      if (!input.matches?.("[role=combobox]")) return;
      box(input).querySelector("[data-choice]").value = "";
      if (!event.isComposing && event.isTrusted) later(input);
    });
    document.addEventListener("compositionend", (event) => event.target.matches?.("[role=combobox]") && later(event.target));
    document.addEventListener("focusout", (event) => {
      if (event.target.matches?.("[role=combobox]")) setTimeout(() => close(event.target), 120);
    });
    document.addEventListener("mousedown", (event) => {
      const option = event.target.closest?.(".combobox-list [role=option]");
      if (!option) return;
      event.preventDefault();
      choose(box(option).querySelector("[role=combobox]"), option);
    });
    document.addEventListener("click", (event) => {
      const filler = event.target.closest?.("[data-fill]");
      const input = filler && document.querySelector(`[name="${CSS.escape(filler.dataset.fill)}_typed"]`);
      if (input) put(input, filler.dataset.value, filler.dataset.text);
      if (!filler && event.target.matches?.("[role=combobox]") && list(event.target).hidden) ask(event.target);
    });
    // Ctrl, Alt or Command with Enter sends the form one is in, from any of its fields.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.altKey || event.metaKey) || event.isComposing) return;
      const form = event.target.form?.matches("form[data-send-keys]") ? event.target.form : null;
      if (!form) return;
      event.preventDefault();
      form.requestSubmit();
    });
  },
};
