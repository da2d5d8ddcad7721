// In development Vite serves the pages at the addresses the server gives them. The boot data is taken from a
// running server when there is one, so that its join token is real; else from a small sample.
const SAMPLE_SHOW = {
  slug: "demo",
  title: "Borse cucite a mano",
  status: "live",
  scheduled_at_ms: null,
};

const sample = (path) => {
  if (path === "/") return { page: "home", shop: "Bottega Marche", shows: [SAMPLE_SHOW] };
  if (path.startsWith("/s/")) return { page: "watch", shop: "Bottega Marche", token: "", ...SAMPLE_SHOW };
  if (path.startsWith("/o/")) return { page: "order", shop: "Bottega Marche", order: path.slice(3) };
  return { page: "studio", shop: "Bottega Marche" };
};

const fileFor = (path) =>
  path === "/" ? "/index.html" : path.startsWith("/s/") ? "/watch.html" : path.startsWith("/o/") ? "/order.html" : /^\/studio(\/|$)/.test(path) ? "/studio.html" : null;

export const BOOT_MARK = "<!--quiora:boot-->";
export const bootTag = (boot) =>
  `<script type="application/json" id="boot">${JSON.stringify(boot).replaceAll("<", "\\u003c")}</script>`;

async function bootFor(server, path, cookie) {
  try {
    const response = await fetch(server + path, { headers: { cookie }, redirect: "manual", signal: AbortSignal.timeout(800) });
    const found = /<script type="application\/json" id="boot">.*?<\/script>/s.exec(await response.text());
    if (found) return found[0];
  } catch {
    // No server: the sample will do.
  }
  return bootTag(sample(path));
}

export const pages = (server) => ({
  name: "quiora-pages",
  apply: "serve",
  configureServer(vite) {
    vite.middlewares.use((request, _response, next) => {
      const path = new URL(request.url, "http://x").pathname;
      const file = fileFor(path);
      if (file) {
        request.originalUrl = request.url;
        request.url = file;
      }
      next();
    });
  },
  transformIndexHtml: {
    order: "pre",
    async handler(html, context) {
      const path = new URL(context.originalUrl ?? "/", "http://x").pathname;
      return html.replace(BOOT_MARK, await bootFor(server, path, ""));
    },
  },
});
