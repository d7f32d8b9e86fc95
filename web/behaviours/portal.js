// The residents' door: a number and code that stand behind the # of a scanned address, printing, a receipt as a picture.

/** The part behind the # is never sent to the server; it fills the form and goes from the address bar. */
function fillFromAddress(form) {
  const [number, code] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!number || !code) return;
  const field = (name) => form.elements.namedItem(name);
  if (field("number") && field("code")) {
    field("number").value = number.slice(0, 60);
    field("code").value = code.slice(0, 60);
  }
  history.replaceState(history.state, "", location.pathname + location.search);
}

function drawn(svg, size) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  copy.setAttribute("width", size);
  copy.setAttribute("height", size);
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  return new Promise((done, failed) => {
    const image = new Image(size, size);
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = address;
  });
}

/** The receipt on a canvas, in the fonts of this device, as a PNG to keep among the photos. */
async function savePicture(box) {
  const style = getComputedStyle(box);
  const width = 720;
  const rows = [...box.querySelectorAll("dl > div")].map((row) => [row.querySelector("dt").textContent.trim(), row.querySelector("dd").textContent.trim()]);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = 190 + rows.length * 110 + 340;
  const pen = canvas.getContext("2d");
  const write = (text, y, size, weight = 400) => {
    pen.font = `${weight} ${size}px ${style.fontFamily}`;
    pen.fillText(text, 48, y);
  };
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.color;
  write(box.dataset.picture, 84, 36, 600);
  let y = 150;
  for (const [label, value] of rows) {
    write(label, y, 28);
    write(value, y + 50, 46, 600);
    y += 110;
  }
  const qr = await drawn(box.querySelector("svg"), 320);
  pen.drawImage(qr, 40, y - 20);
  write(box.querySelector("figcaption").textContent.trim(), y + 336, 28);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${box.dataset.number}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("[data-print]")) print();
  const save = target?.closest("[data-save-picture]");
  if (save) savePicture(document.querySelector(save.dataset.savePicture)).catch((error) => console.error(error));
}

export const portal = {
  start() {
    document.addEventListener("click", onClick);
    const form = document.getElementById("track");
    if (form) {
      fillFromAddress(form);
      addEventListener("hashchange", () => fillFromAddress(form));
    }
  },
};
