import { existsSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { pages } from "./scripts/dev-pages.mjs";

const server = process.env.QUIORA_DEV_SERVER ?? "http://127.0.0.1:8080";
const page = (name: string): string => new URL(name, import.meta.url).pathname;

export default defineConfig({
  plugins: [svelte(), pages(server)],
  appType: "mpa",
  build: {
    target: "es2022",
    // Fonts and icons stay files: inlined they could be neither preloaded nor cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["index.html", "watch.html", "studio.html"].filter((name) => existsSync(page(name))).map(page),
    },
  },
  server: {
    host: "127.0.0.1",
    port: 9100,
    strictPort: true,
    proxy: { "/api": server, "/ws": { target: server, ws: true } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"] },
  // Without this vitest resolves Svelte to its server build.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
});
