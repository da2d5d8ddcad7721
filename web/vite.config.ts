import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { pages } from "./scripts/dev-pages.mjs";

const server = process.env.QUIORA_DEV_SERVER ?? "http://127.0.0.1:8080";
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// An icon library draws its icons with our component: see there why.
const leanIcons: Plugin = {
  name: "quiora-lean-icons",
  enforce: "pre",
  resolveId: (source, importer) =>
    source === "../Icon.svelte" && importer?.includes("@lucide/svelte") ? path("src/components/Icon.svelte") : null,
};

// Vite's own would bring the means to load ahead what a part needs. Ours needs nothing but itself.
const leanImports: Plugin = {
  name: "quiora-lean-imports",
  enforce: "pre",
  load: (id) => (id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null),
};

// Which language a page speaks is found out by a small script of its own, so that the words are asked for while the
// page's script is still coming. See src/lib/speech.ts.
const earlyWords: Plugin = {
  name: "quiora-early-words",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle, path: page }) {
      const chunk = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.name === `speech-${SPEAKING[page]}`);
      return chunk && [{ tag: "script", attrs: { type: "module", async: true, crossorigin: true, src: `/${chunk.fileName}` }, injectTo: "head-prepend" }];
    },
  },
};

// The watch page is built by itself: in one build with the others, it would carry every part of the framework
// that any of them uses. For the same reason its shop is built apart, before it: see src/watch/apart.ts.
const INPUTS: Record<string, string[]> = { watch: ["watch.html"], apart: ["src/watch/apart.ts"] };
const PAGES = ["index.html", "studio.html", "order.html"];
const SPEAKING: Record<string, string> = { "/index.html": "home", "/watch.html": "watch", "/order.html": "order", "/studio.html": "studio" };
// The script that begins a page's speech is a file of its own. What it is made of goes with it, unless pages share it.
const begins = /\/generated\/words\/(\w+)\.ts$/;
const speech = (shared: boolean): { name: (id: string) => string | null; priority: number }[] => [
  { name: (id) => (shared && /\/lib\/(speech|storage)\.ts$/.test(id) ? "speech" : null), priority: 2 },
  { name: (id) => (begins.test(id) ? `speech-${begins.exec(id)?.[1]}` : null), priority: 1 },
];

const builtApart: Plugin = {
  name: "quiora-built-apart",
  enforce: "pre",
  resolveId(source) {
    if (!source.endsWith("/apart")) return null;
    const file = readdirSync(path("dist/assets")).find((name) => /^apart-.*\.js$/.test(name));
    if (file === undefined) throw new Error("build with --mode apart and join it first");
    return { id: `/assets/${file}`, external: "absolute" };
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [
    leanIcons,
    ...(mode === "watch" ? [leanImports, builtApart] : []),
    svelte(),
    earlyWords,
    pages(server),
  ],
  appType: "mpa",
  build: {
    target: "es2022",
    // Fonts and icons stay files: inlined they could be neither preloaded nor cached.
    assetsInlineLimit: 0,
    modulePreload: mode === "watch" ? false : { polyfill: false },
    // The first of the builds clears what was there.
    emptyOutDir: !(mode in INPUTS),
    rollupOptions: { input: (INPUTS[mode] ?? PAGES).map(path), preserveEntrySignatures: "strict", output: mode === "apart" ? {} : { codeSplitting: { groups: speech(mode !== "watch") } } },
  },
  // Found while serving, a dependency would reload the page.
  optimizeDeps: { exclude: ["@lucide/svelte"] },
  server: {
    host: "127.0.0.1",
    port: 9100,
    strictPort: true,
    proxy: { "/api": server, "/images": server, "/rehearsal": { target: server, ws: true }, "/ws": { target: server, ws: true } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"] },
  // Without this vitest resolves Svelte to its server build.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
}));
