// Builds web/ into linli/static/build/: hashed files, a manifest for the templates, one sprite of the icons.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

/** Join web/icons/*.svg into one sprite with a <symbol> each; it stands in the manifest as `icons.svg`. */
function iconSprite(folder) {
  return {
    name: "icon-sprite",
    generateBundle() {
      const symbols = readdirSync(folder)
        .filter((file) => file.endsWith(".svg") && !file.startsWith("mark-") && !file.endsWith("-select.svg"))
        .sort()
        .map((file) => {
          const svg = readFileSync(join(folder, file), "utf8");
          const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
          const shapes = body.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s+/g, " ").trim();
          return `<symbol id="${file.slice(0, -4)}" viewBox="0 0 24 24">${shapes}</symbol>`;
        });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "icons.svg", source });
    },
  };
}

export default defineConfig({
  base: "./", // relative, so that the site may live under any path
  publicDir: false,
  plugins: [iconSprite("web/icons")],
  css: { preprocessorOptions: { scss: { loadPaths: ["node_modules"] } } },
  build: {
    outDir: "linli/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: ["chrome100", "firefox100", "safari15.4"], // office desktops are seldom newer
    modulePreload: { polyfill: false },
    rollupOptions: { input: "web/main.js" },
    chunkSizeWarningLimit: 700,
  },
});
