import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { Homeserver } from "../api/Homeserver.ts";
import { HomeserverSecrets } from "./HomeserverSecrets.ts";

const userID = "@amelie:culture.example";

type Said = { readonly status?: number; readonly body: unknown };

/** A server that gives these answers in turn, and what it was asked. */
function answering(...answers: readonly Said[]) {
  const asked: { call: string; body: unknown }[] = [];
  const network = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    asked.push({
      call: `${request.method} ${decodeURIComponent(pathname.slice(15))}${search}`,
      body: text === "" ? undefined : JSON.parse(text),
    });
    const { status = 200, body } = answers[asked.length - 1] ?? { status: 500, body: {} };
    return new Response(JSON.stringify(body), { status });
  };
  const server = new Homeserver("http://culture.example", network, new ManualClock());
  return { secrets: new HomeserverSecrets(server, userID), asked };
}

const notFound: Said = { status: 404, body: { errcode: "M_NOT_FOUND", error: "" } };

Deno.test("What is not there is undefined; a server that fails is a failure", async () => {
  const { secrets, asked } = answering(
    { body: { key: "k" } },
    notFound,
    notFound,
    notFound,
    notFound,
    { status: 502, body: "" },
  );
  assertEquals(await secrets.accountData("m.secret_storage.default_key"), { key: "k" });
  assertEquals(await secrets.accountData("m.x/../y"), undefined);
  assertEquals(await secrets.backupVersion(), undefined);
  assertEquals(await secrets.room("1", "!a:x"), undefined);
  assertEquals(await secrets.session("1", "!a:x", "a/b+c"), undefined);
  await assertRejects(secrets.backupVersion(), "OFFLINE");
  assertEquals(asked.map(({ call }) => call), [
    `GET /v3/user/${userID}/account_data/m.secret_storage.default_key`,
    `GET /v3/user/${userID}/account_data/m.x/../y`,
    "GET /v3/room_keys/version",
    "GET /v3/room_keys/keys/!a:x?version=1",
    "GET /v3/room_keys/keys/!a:x/a/b+c?version=1",
    "GET /v3/room_keys/version",
  ]);
});

Deno.test("A backup that was replaced, or is gone, takes nothing", async () => {
  const wrong = { status: 403, body: { errcode: "M_WRONG_ROOM_KEYS_VERSION", error: "" } };
  const { secrets, asked } = answering({ body: { count: 1, etag: "1" } }, wrong, notFound);
  const outcomes = [];
  for (let round = 0; round < 3; round++) outcomes.push(await secrets.upload("7", { rooms: {} }));
  assertEquals(outcomes, ["stored", "replaced", "replaced"]);
  assertEquals(asked[0], { call: "PUT /v3/room_keys/keys?version=7", body: { rooms: {} } });
});

Deno.test("Another identity may take the password, which is given for the person", async () => {
  const flows = [{ stages: ["m.login.password"] }];
  const { secrets, asked } = answering(
    { status: 401, body: { flows, session: "s", params: {} } },
    { body: {} },
  );
  const upload = { master_key: 1, self_signing_key: 2, user_signing_key: 3 };
  const first = await secrets.uploadSigningKeys(upload);
  assertEquals(first.done, false);
  const answer = { session: "s", stage: "m.login.password", password: "p" } as const;
  assertEquals(await secrets.uploadSigningKeys(upload, answer), { done: true });
  assertEquals(asked[1]?.body, {
    ...upload,
    auth: {
      type: "m.login.password",
      session: "s",
      password: "p",
      identifier: { type: "m.id.user", user: userID },
    },
  });
});

Deno.test("A signature that was not taken is a failure, though the server answers with success", async () => {
  const refused = { failures: { [userID]: { DEVICE: { errcode: "M_INVALID_SIGNATURE" } } } };
  const { secrets } = answering({ body: { failures: {} } }, { body: {} }, { body: refused });
  await secrets.uploadSignatures({});
  await secrets.uploadSignatures({});
  await assertRejects(secrets.uploadSignatures({}), "BAD_ANSWER");
});

Deno.test("Our own keys are found in the answer, whatever else is in it", async () => {
  const { secrets } = answering(
    { body: { master_keys: { [userID]: { a: 1 }, "@x:x": {} }, self_signing_keys: null } },
  );
  assertEquals(await secrets.signingKeys(), {
    master: { a: 1 },
    selfSigning: undefined,
    userSigning: undefined,
  });
});
