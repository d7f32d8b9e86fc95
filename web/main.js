// Entry of every page: htmx, the small behaviours, and the islands (map, chart) on pages that show one.
import "./css/main.scss";
import "./css/tokens.css";
import "./css/elements.css";
import "./css/frame.css";
import "./css/parts.css";
import "./css/lists.scss";
import "./css/forms.css";
import "./css/media.css";
import "./css/map.css";
import "./css/pages.css";
import "./css/portal.css";
import "./css/print.css";
import htmx from "htmx.org";
import { combobox } from "./behaviours/combobox.js";
import { drafts } from "./behaviours/drafts.js";
import { forms } from "./behaviours/forms.js";
import { keyboard } from "./behaviours/keyboard.js";
import { panel } from "./behaviours/panel.js";
import { position } from "./behaviours/position.js";
import { portal } from "./behaviours/portal.js";
import { replies } from "./behaviours/replies.js";
import { small } from "./behaviours/small.js";
import { uploads } from "./behaviours/uploads.js";

document.documentElement.classList.add("script");

const islands = { "linli-map": () => import("./islands/map.js"), "linli-chart": () => import("./islands/chart.js") };

/** Prepare what has just come into the page: the whole document once, then each fragment htmx puts in. */
function prepare(root) {
  for (const [tag, load] of Object.entries(islands)) if (root.querySelector(tag)) load();
  for (const ready of [small.ready, forms.ready, uploads.ready, drafts.ready]) ready(root);
}

combobox.start();
small.start();
replies.start();
panel.start(htmx);
keyboard.start();
forms.start();
drafts.start();
portal.start();
position.start();

// A click on a map may open its region in a part of the page.
addEventListener("linli:load", ({ detail: { url, target } }) => htmx.ajax("GET", url, { target, headers: { "HX-Target": `div${target}` } }));

document.addEventListener("htmx:after:swap", () => prepare(document));
prepare(document);
