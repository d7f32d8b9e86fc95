// What htmx does with an answer that is not the expected page: say it plainly and leave the page as it is.
import { words } from "../words.js";
import { panel } from "./panel.js";
import { toast } from "./small.js";

/** The sentence an error page says, if it says one. */
function sentence(html) {
  const page = new DOMParser().parseFromString(html ?? "", "text/html");
  return page.querySelector(".lead-text")?.textContent.trim();
}

function onResponse(event) {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 200;
  // 422 is the form again, with what is wrong, 409 with what happened meanwhile; 401 carries the way to the sign-in page.
  if (status < 400 || status === 422 || status === 409 || status === 401) return;
  event.preventDefault();
  const fallback = status === 404 || status === 403 ? words.notFound : words.failed;
  ctx.response.raw.text().then((html) => {
    const text = sentence(html) ?? fallback;
    if (ctx.target?.id === "panel-body" && ctx.request.method === "GET") panel.fail(text);
    else toast(text, "bad");
  });
}

export const replies = {
  start() {
    document.addEventListener("htmx:before:response", onResponse);
    document.addEventListener("htmx:error", (event) => {
      const error = event.detail.error;
      if (!event.detail.ctx) console.error(error);
      toast(error?.name === "AbortError" ? words.slow : words.offline, "bad");
    });
    document.addEventListener("htmx:config:request", (event) => {
      const { request, sourceElement } = event.detail.ctx;
      request.headers["HX-Current-URL-Path"] = location.pathname + location.search;
      // An empty filter is no filter: keep it out of the address.
      if (request.method === "GET" && sourceElement.matches?.("form[data-autosubmit]")) {
        for (const [name, value] of [...request.body.entries()]) if (value === "") request.body.delete(name);
        request.action = request.action.split("?")[0];
      }
    });
  },
};
