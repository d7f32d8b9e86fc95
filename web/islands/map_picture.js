// The map as a picture to keep: what the canvas shows, under its title, over its legend and a line that says who made it and when.
import { font, textSize, token } from "./colours.js";
import { paintSwatch } from "./map_marks.js";

export function picture(map, { title, foot, legend }) {
  const target = map.getViewport();
  const [width, height] = map.getSize();
  const line = textSize(1.7);
  const [top, bottom] = [line * 1.6, line * 2.2];
  const scale = devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = (height + top + bottom) * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = token("white");
  pen.fillRect(0, 0, width, height + top + bottom);
  pen.fillStyle = token("ink");
  pen.textBaseline = "middle";
  pen.font = `600 ${textSize(1.3)}px ${font()}`;
  pen.fillText(title, line / 2, top / 2, width - line);
  for (const layer of target.querySelectorAll(".ol-layer canvas, canvas.ol-layer")) {
    if (!layer.width) continue;
    const opacity = layer.parentNode.style.opacity || layer.style.opacity;
    pen.globalAlpha = opacity === "" ? 1 : Number(opacity);
    const [a, b, c, d, e, f] = layer.style.transform.match(/^matrix\(([^)]*)\)$/)?.[1].split(",").map(Number) ?? [layer.clientWidth / layer.width, 0, 0, layer.clientHeight / layer.height, 0, 0];
    pen.save();
    pen.translate(0, top);
    pen.transform(a, b, c, d, e, f);
    pen.drawImage(layer, 0, 0);
    pen.restore();
  }
  pen.globalAlpha = 1;
  pen.font = `${textSize(0.93)}px ${font()}`;
  let x = line / 2;
  for (const { code, name } of legend) {
    paintSwatch(pen, code, x + textSize(0.5), height + top + line * 0.6, textSize(0.45));
    pen.fillStyle = token("ink");
    pen.fillText(name, x + textSize(1.3), height + top + line * 0.6);
    x += textSize(2.6) + pen.measureText(name).width;
  }
  pen.fillStyle = token("ink-soft");
  pen.fillText(foot, line / 2, height + top + line * 1.6, width - line);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Give somebody the picture as a file. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
