// Photos: shown before they are sent, made smaller on the phone, removable one by one. Anything we cannot shrink goes as it is.
import { icon, make, words } from "../words.js";

const LONGEST = 2560; // pixels; enough to read a house number
const LIMIT = 2 * 1024 * 1024;

async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const image = await createImageBitmap(file);
    const longest = Math.max(image.width, image.height);
    if (file.size <= LIMIT && longest <= LONGEST) return file;
    let scale = Math.min(1, LONGEST / longest);
    for (let attempt = 0; attempt < 4; attempt += 1, scale *= 0.75) {
      const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
      if (blob && blob.size <= LIMIT) return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }
  } catch {
    // an unreadable or unknown picture: the server says what is wrong with it
  }
  return file;
}

function put(input, files) {
  const basket = new DataTransfer();
  for (const file of files) basket.items.add(file);
  input.files = basket.files;
}

function watch(box) {
  const input = box.querySelector('input[type="file"]');
  const list = box.querySelector("[data-previews]");
  let chosen = [];

  function draw() {
    list.replaceChildren(
      ...chosen.map((file, index) => {
        const remove = make("button", { type: "button", "aria-label": words.remove(file.name) }, icon("x"));
        remove.addEventListener("click", () => {
          chosen.splice(index, 1);
          put(input, chosen);
          draw();
          input.focus();
        });
        const item = make("li", {});
        if (file.type.startsWith("image/")) {
          const address = URL.createObjectURL(file);
          const image = make("img", { src: address, alt: "" });
          image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
          item.append(image);
        } else item.append(icon("file"));
        item.append(make("span", {}, file.name), remove);
        return item;
      }),
    );
  }

  input.addEventListener("change", async () => {
    const added = [...input.files];
    list.replaceChildren(make("li", {}, words.shrinking));
    const smaller = await Promise.all(added.map(shrink));
    const names = new Set(chosen.map((file) => `${file.name}:${file.size}`));
    chosen = input.multiple ? [...chosen, ...smaller.filter((file) => !names.has(`${file.name}:${file.size}`))] : smaller;
    put(input, chosen);
    draw();
  });
}

export const uploads = {
  ready(root) {
    for (const box of root.querySelectorAll("[data-upload]:not([data-watched])")) {
      box.dataset.watched = "";
      watch(box);
    }
  },
};
