// Serves dist/ and hands /_matrix and /.well-known to a homeserver, so that both have one origin.
// For developing the client against any homeserver; `chappe` itself serves both.
//
//   node dev-server.mjs [PORT] [HOMESERVER] [FOLDER]       8080 http://127.0.0.1:8008 dist

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const port = Number(process.argv[2] ?? 8080);
const homeserver = new URL(process.argv[3] ?? "http://127.0.0.1:8008");
const dist = resolve(process.argv[4] ?? join(dirname(fileURLToPath(import.meta.url)), "dist"));

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

// As strict as what `chappe` sends, so that nothing works here alone.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

createServer((asked, answer) => {
  if (asked.url.startsWith("/_matrix/") || asked.url.startsWith("/.well-known/")) {
    forward(asked, answer);
  } else {
    serve(asked, answer);
  }
}).listen(port, "127.0.0.1", () => console.error(`http://localhost:${port}/`));

function forward(asked, answer) {
  const onward = request({
    host: homeserver.hostname,
    port: homeserver.port,
    path: asked.url,
    method: asked.method,
    headers: { ...asked.headers, host: homeserver.host },
  }, (came) => {
    answer.writeHead(came.statusCode, came.headers);
    came.pipe(answer);
  });
  onward.on("error", () => {
    if (!answer.headersSent) answer.writeHead(502, { "content-type": "application/json" });
    answer.end('{"errcode":"M_UNKNOWN","error":"The homeserver does not answer."}');
  });
  asked.pipe(onward);
  answer.on("close", () => onward.destroy());
}

function serve(asked, answer) {
  const path = normalize(decodeURIComponent(new URL(asked.url, "http://x").pathname));
  let file = join(dist, path);
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
    if (extname(path) !== "") return void answer.writeHead(404).end();
    file = join(dist, "index.html");
  }
  answer.writeHead(200, {
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "content-security-policy": policy,
    "cache-control": /-[A-Z0-9]{8}\./.test(file)
      ? "public, max-age=31536000, immutable"
      : "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  createReadStream(file).pipe(answer);
}
