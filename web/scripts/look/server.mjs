// The built files with a state's boot data in them; nothing else of the real server.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { BOOT_MARK, bootTag } from "../dev-pages.mjs";

const TYPES = { css: "text/css", js: "text/javascript", woff2: "font/woff2", svg: "image/svg+xml", html: "text/html" };

export async function serve(dist, states) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    const state = states.find(({ name }) => name === url.searchParams.get("state"));
    try {
      const file = state ? `/${state.file}` : url.pathname;
      const body = await readFile(dist + file);
      response.setHeader("content-type", TYPES[file.split(".").pop()] ?? "application/octet-stream");
      response.end(state ? body.toString().replace(BOOT_MARK, bootTag(state.boot)) : body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const port = Number(process.env.LOOK_PORT ?? 9110);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
