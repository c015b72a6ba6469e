/** The build of the web app: src/web → dist/web. Everything that the page loads is in there; nothing comes from elsewhere. */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Larger files are kept when the page is idle, not before it is installed. In bytes. */
const LARGE = 500_000;

/** Tells the service worker which files to keep. Its content changes with them, so that browsers notice a new release. */
function precache(): Plugin {
  return {
    name: "affekt-precache",
    generateBundle(_options, bundle) {
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") throw new Error("the build has no service worker");
      if (worker.imports.length > 0) throw new Error("the service worker imports something: not all browsers can");
      // The page itself is written after this, and what lies in public/ is only copied.
      const soon = ["/", "/icon.svg", "/manifest.webmanifest"];
      const later: string[] = [];
      for (const [name, file] of Object.entries(bundle)) {
        if (/\.(map|html)$|^service-worker\.js$/u.test(name)) continue;
        const { length } = file.type === "chunk" ? file.code : file.source;
        (length > LARGE ? later : soon).push(`/${name}`);
      }
      const put = (code: string, mark: string, files: readonly string[]): string =>
        code.replace(new RegExp(`["'\`]%${mark}%["'\`]`, "u"), JSON.stringify([...files].sort()));
      worker.code = put(put(worker.code, "SOON", soon), "LATER", later);
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
      checks: { pluginTimings: false },
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
