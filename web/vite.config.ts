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

// The watch page is built by itself: in one build with the others, it would carry every part of the framework
// that any of them uses.
const inputs = (mode: string): string[] => (mode === "watch" ? ["watch.html"] : ["index.html", "studio.html"]);

export default defineConfig(({ mode }) => ({
  plugins: [leanIcons, svelte(), pages(server)],
  appType: "mpa",
  build: {
    target: "es2022",
    // Fonts and icons stay files: inlined they could be neither preloaded nor cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The first of the two builds clears what was there.
    emptyOutDir: mode !== "watch",
    rollupOptions: { input: inputs(mode).map(path) },
  },
  // Found while serving, a dependency would reload the page.
  optimizeDeps: { exclude: ["@lucide/svelte"] },
  server: {
    host: "127.0.0.1",
    port: 9100,
    strictPort: true,
    proxy: { "/api": server, "/ws": { target: server, ws: true } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"] },
  // Without this vitest resolves Svelte to its server build.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
}));
