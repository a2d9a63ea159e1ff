import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { Homeserver } from "../api/Homeserver.ts";
import { HomeserverKeys } from "./HomeserverKeys.ts";

function answering(response: () => Response) {
  const asked: { line: string; body: unknown }[] = [];
  const server = new Homeserver("https://test", async (request) => {
    const { pathname } = new URL(request.url);
    asked.push({ line: `${request.method} ${pathname}`, body: await request.json() });
    return response();
  }, new ManualClock());
  return { asked, keys: new HomeserverKeys(server) };
}

Deno.test("Keys are asked for as the specification says", async () => {
  const { asked, keys } = answering(() => new Response("{}"));
  await keys.upload({ one_time_keys: {} });
  await keys.query(["@a:test", "@b:test"]);
  await keys.claim(new Map([["@a:test", ["A", "B"]]]));
  assertEquals(await keys.sendToDevice("m.x/y", "t 1", { "@a:test": { "*": { x: 1 } } }), "sent");
  assertEquals(asked, [
    { line: "POST /_matrix/client/v3/keys/upload", body: { one_time_keys: {} } },
    {
      line: "POST /_matrix/client/v3/keys/query",
      body: { device_keys: { "@a:test": [], "@b:test": [] }, timeout: 10_000 },
    },
    {
      line: "POST /_matrix/client/v3/keys/claim",
      body: {
        one_time_keys: { "@a:test": { A: "signed_curve25519", B: "signed_curve25519" } },
        timeout: 10_000,
      },
    },
    {
      line: "PUT /_matrix/client/v3/sendToDevice/m.x%2Fy/t%201",
      body: { messages: { "@a:test": { "*": { x: 1 } } } },
    },
  ]);
});

Deno.test("A message that is refused for good is told from one that may still be taken", async () => {
  const send = (status: number, code: string) => {
    const body = JSON.stringify({ errcode: code, error: "no", retry_after_ms: 3_600_000 });
    return answering(() => new Response(body, { status })).keys.sendToDevice("m.x", "1", {});
  };
  for (const status of [400, 403, 404, 413]) {
    assertEquals(await send(status, "M_BAD_JSON"), "refused");
  }
  await assertRejects(send(401, "M_UNKNOWN_TOKEN"), "M_UNKNOWN_TOKEN");
  await assertRejects(send(429, "M_LIMIT_EXCEEDED"), "M_LIMIT_EXCEEDED");
  await assertRejects(send(500, "M_UNKNOWN"), "M_UNKNOWN");
});
