// Servers that take what a shop sends: a program that hears webhooks, and a post office, each as small as can be.
import { createServer } from "node:http";
import net from "node:net";

/** A program: answers with `status`, and remembers each message's headers and body. */
export async function program() {
  const heard = [];
  const sink = { heard, status: 200, url: "", close: () => server.close() };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      heard.push({ id: request.headers["webhook-id"], signature: request.headers["webhook-signature"], body: JSON.parse(body) });
      response.writeHead(sink.status).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  sink.url = `http://127.0.0.1:${server.address().port}/quiora`;
  return sink;
}

/** A post office (RFC 5321): takes every letter, and remembers them as they came. */
export async function postOffice() {
  const letters = [];
  const server = net.createServer((socket) => {
    let pending = "";
    let letter = null;
    const say = (line) => socket.write(`${line}\r\n`);
    say("220 sink");
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      pending += bytes;
      for (let end = pending.indexOf("\r\n"); end >= 0; end = pending.indexOf("\r\n")) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (letter !== null && line === ".") {
          letters.push(letter);
          letter = null;
          say("250 taken");
        } else if (letter !== null) letter += `${line}\n`;
        else if (/^DATA/i.test(line)) {
          letter = "";
          say("354 go");
        } else say(/^QUIT/i.test(line) ? "221 bye" : "250 sink");
      }
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { letters, url: `smtp://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
