import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { Backoff } from "./Backoff.ts";
import { Homeserver, path } from "./Homeserver.ts";
import { asMediaURI } from "./identifiers.ts";

const tokens = {
  current: () => Promise.resolve("secret"),
  afterRefusal: (_: string, reason: Error) => Promise.reject(reason),
};

Deno.test("The token goes to the base URL alone, in a header, and follows no redirection", async () => {
  const seen: Request[] = [];
  const network = (request: Request) => {
    seen.push(request);
    return Promise.resolve(new Response("{}"));
  };
  const server = new Homeserver("https://test", network, new ManualClock(), tokens);
  for (
    const id of ["!a:b", "../../../../evil", "//evil.example/", "@evil.example:1", "?x#y", "%2e%2e"]
  ) {
    await server.get(path`/v3/rooms/${id}/state`, { q: id });
  }
  await server.ask({ method: "GET", path: "/v3/login", isAuthorized: false });
  for (const request of seen.slice(0, -1)) {
    const url = new URL(request.url);
    assertEquals(url.origin, "https://test");
    assertEquals(url.pathname.startsWith("/_matrix/client/v3/rooms/"), true, request.url);
    assertEquals(url.href.includes("secret"), false);
    assertEquals(request.headers.get("Authorization"), "Bearer secret");
    assertEquals(request.redirect, "error");
  }
  assertEquals(seen.at(-1)?.headers.get("Authorization"), null);
});

Deno.test("Whatever the server answers, what comes out is a failure with a code", async () => {
  const cases: readonly (readonly [() => Response, string])[] = [
    [() => new Response("{}", { status: 404 }), "BAD_ANSWER"],
    [() => new Response('{"errcode":"M_FORBIDDEN"}', { status: 403 }), "M_FORBIDDEN"],
    [() => new Response("<html>", { status: 502 }), "OFFLINE"],
    [() => new Response("<html>", { status: 200 }), "BAD_ANSWER"],
    [() => new Response("[]", { status: 200 }), "BAD_ANSWER"],
    [() => new Response('{"errcode":5,"error":[]}', { status: 500 }), "BAD_ANSWER"],
    [
      () => new Response('{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":"x"}', { status: 400 }),
      "M_LIMIT_EXCEEDED",
    ],
  ];
  for (const [answer, code] of cases) {
    const clock = {
      ...new ManualClock(),
      now: () => 0,
      random: () => 0,
      sleep: () => Promise.resolve(),
    };
    const server = new Homeserver("https://test", () => Promise.resolve(answer()), clock);
    await assertRejects(server.get("/v3/x"), code);
  }
});

Deno.test("Waits double, and stop growing", () => {
  const backoff = new Backoff();
  assertEquals(Array.from({ length: 7 }, () => backoff.fail(0)), [
    1e3,
    2e3,
    4e3,
    8e3,
    16e3,
    3e4,
    3e4,
  ]);
  backoff.succeed();
  assertEquals(backoff.fail(0.5), 750);
});

Deno.test("Media addresses have a strict grammar", () => {
  for (const good of ["mxc://example.org/abc_-9", "mxc://localhost:8448/A", "mxc://[::1]:80/A"]) {
    assertEquals(asMediaURI(good), good);
  }
  for (
    const bad of [
      "mxc://x/../../",
      "mxc://../a",
      "mxc://x/a%2fb",
      "mxc://x/a/b",
      "mxc://x/a?b",
      "http://x/a",
      "mxc:///a",
      "mxc://x/",
      "mxc://x/a\n",
      5,
      null,
      {},
    ]
  ) {
    assertEquals(asMediaURI(bad), undefined);
  }
});
