/**
 * Keeps the application's own files, so that it opens without a network.
 *
 * It answers for those files alone. Everything else, `/_matrix` above all, passes by it untouched:
 * no access token and no answer of the server ever comes through here.
 */

declare const SHELL: readonly string[];
declare const VERSION: string;

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
type Worker = {
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
};
const worker = globalThis as unknown as Worker;

const prefix = "chappe-shell-";
const current = prefix + VERSION;
const shell = new Set(SHELL);

worker.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(current);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "no-cache" })));
    await worker.skipWaiting();
  })());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    // The version before stays: tabs that opened with it may still load its parts.
    const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current);
    await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    await worker.clients.claim();
  })());
});

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    // The pages of the server itself (sign-on, legal texts) have a dot or an underscore in front.
    if (/^\/[._]/.test(url.pathname) || /\.[a-z0-9]+$/i.test(url.pathname)) return;
    event.respondWith(cached("/index.html", event.request));
  } else if (shell.has(url.pathname) || /^\/[\w.]+-[A-Z0-9]{8}\.\w+$/.test(url.pathname)) {
    event.respondWith(cached(url.pathname, event.request));
  }
});

async function cached(path: string, request: Request): Promise<Response> {
  const mine = await (await caches.open(current)).match(path);
  return mine ?? await caches.match(path) ?? await fetch(request);
}
