// Whoever presses the button gives a position with this one form: once, at that moment, and only then.
import { words } from "../words.js";

function onClick(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-position]") : null;
  if (!button) return;
  const form = button.closest("form");
  const said = form.querySelector("[data-position-said]");
  const tell = (text) => {
    button.removeAttribute("aria-busy");
    said.textContent = text;
  };
  if (!navigator.geolocation) {
    tell(words.positionFailed);
    return;
  }
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.longitude.value = coords.longitude.toFixed(5);
      form.elements.latitude.value = coords.latitude.toFixed(5);
      tell(words.positionTaken);
    },
    () => tell(words.positionFailed),
    { enableHighAccuracy: true, timeout: 10000 },
  );
}

export const position = { start: () => document.addEventListener("click", onClick) };
