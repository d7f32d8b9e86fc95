// Filters that submit themselves, forms that go once, counters under long texts.
import { words } from "../words.js";

const TYPING_PAUSE = 400;
const length = (text) => [...text].length; // 𠮷 is one character

function count(area) {
  const note = document.querySelector(`[data-counter-for="${CSS.escape(area.id)}"]`);
  if (!note) return;
  const left = Number(area.dataset.counter) - length(area.value);
  note.textContent = left < 0 ? words.over(-left) : words.left(left);
  note.classList.toggle("counter-over", left < 0);
}

function release(form) {
  delete form.dataset.going;
  for (const button of form.querySelectorAll('[type="submit"][aria-busy]')) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    const label = button.querySelector("span");
    if (label && button.dataset.label) label.textContent = button.dataset.label;
  }
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.going !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.going = "";
  // After this turn: a disabled button would not send its own name.
  setTimeout(() => {
    for (const button of form.querySelectorAll('[type="submit"]')) {
      const label = button.querySelector("span");
      if (button === event.submitter && label && button.dataset.busy) {
        button.dataset.label = label.textContent;
        label.textContent = button.dataset.busy;
      }
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
    }
  });
}

export const forms = {
  start() {
    let pause;
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-autosubmit]")) clearTimeout(pause); // Enter was faster: not once more
      onSubmit(event);
    }, { capture: true });
    document.addEventListener("htmx:finally:request", (event) => {
      const form = event.detail.ctx.sourceElement?.closest?.("form[data-once]");
      if (form) release(form);
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) for (const form of document.querySelectorAll("form[data-going]")) release(form);
    });
    document.addEventListener("input", (event) => {
      const field = event.target;
      if (field.matches("[data-counter]")) count(field);
      const form = field.form;
      if (!form?.matches("[data-autosubmit]")) return;
      clearTimeout(pause);
      pause = setTimeout(() => form.requestSubmit(), field.matches("[type=search], [type=text]") && !event.isComposing ? TYPING_PAUSE : 50);
      if (event.isComposing) clearTimeout(pause); // a Chinese word is still being composed
    });
    document.addEventListener("compositionend", (event) => {
      const form = event.target.form;
      if (form?.matches("[data-autosubmit]")) pause = setTimeout(() => form.requestSubmit(), TYPING_PAUSE);
    });
  },
  ready(root) {
    for (const area of root.querySelectorAll("[data-counter]")) count(area);
  },
};
