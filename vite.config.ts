/** The build of the web app: src/web → dist/web. Everything that the page loads is in there; nothing comes from elsewhere. */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Tells the service worker which files to keep. Its content changes with them, so that browsers notice a new release. */
function precache(): Plugin {
  return {
    name: "affekt-precache",
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => !/\.(map|wasm)$|^(service-worker|engine)\.js$/u.test(name))
        .map((name) => (name === "index.html" ? "/" : `/${name}`));
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") throw new Error("the build has no service worker");
      worker.code = worker.code.replace(/["'`]%PRECACHE%["'`]/u, JSON.stringify(["/icon.svg", ...files].sort()));
    },
  };
}

/** Files that keep their names: the service worker's scope is its folder, and other pages may import the engine. */
const NAMED = new Set(["service-worker", "engine"]);

export default defineConfig({
  root: path("src/web"),
  publicDir: path("src/web/public"),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [precache()],
  worker: { format: "es" },
  build: {
    outDir: path("dist/web"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      preserveEntrySignatures: "strict",
      input: {
        index: path("src/web/index.html"),
        engine: path("src/web/engine/client.ts"),
        "service-worker": path("src/web/service-worker.ts"),
      },
      output: {
        entryFileNames: ({ name }) => (NAMED.has(name) ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
