// The built files with a state's boot data in them; nothing else of the real server.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { BOOT_MARK, bootTag } from "../dev-pages.mjs";

const TYPES = { css: "text/css", js: "text/javascript", woff2: "font/woff2", svg: "image/svg+xml", html: "text/html" };

// A bag on a bench, as a square.
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#d9c3a3"/><rect y="72" width="100" height="28" fill="#5b3b26"/><path d="M35 45a15 16 0 0 1 30 0" fill="none" stroke="#5a2412" stroke-width="4"/><rect x="22" y="44" width="56" height="36" rx="5" fill="#8c3d1f"/><rect x="22" y="44" width="56" height="18" rx="5" fill="#a24c28"/><circle cx="50" cy="62" r="3" fill="#e2b866"/></svg>`;

/** `answers` is what the API says, by method and path; a `*` stands for a last part. */
export async function serve(dist, states, answers = {}) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    const answer = answers[`${request.method} ${url.pathname}`] ?? answers[`${request.method} ${url.pathname.replace(/[^/]+$/, "*")}`];
    if (answer) return void response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    if (url.pathname === "/api/shop/changes") return void response.setHeader("content-type", "text/event-stream").write("data: 5\n\n");
    if (url.pathname.startsWith("/images/")) return void response.setHeader("content-type", "image/svg+xml").end(PICTURE);
    const state = states.find(({ name }) => name === url.searchParams.get("state"));
    try {
      const file = state ? `/${state.file}` : url.pathname;
      const body = await readFile(dist + file);
      response.setHeader("content-type", TYPES[file.split(".").pop()] ?? "application/octet-stream");
      // As the real server: what a page may not do there must not work here.
      response.setHeader("content-security-policy", "default-src 'self'; media-src 'self' blob:; img-src 'self' data: blob:");
      response.end(state ? body.toString().replace(BOOT_MARK, bootTag(state.boot)) : body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const port = Number(process.env.LOOK_PORT ?? 9110);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
