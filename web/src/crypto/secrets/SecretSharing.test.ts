import { assertEquals } from "../../platform/assert.ts";
import { damagedJSON } from "../testing/damage.ts";
import { requestToAnswer, secretAnswer, SecretRequests } from "./SecretSharing.ts";
import { secretNames } from "./storedSecret.ts";

const userID = "@amelie:culture.example";
const old = { userID, deviceID: "OLD" };
const fresh = { deviceID: "NEW", isOwnAndSigned: true };
const answering = { deviceID: "OLD", isOwnAndSigned: true };

function asked() {
  const requests = new SecretRequests("NEW");
  const content = requests.ask(secretNames.backup, "r1", 0);
  const request = requestToAnswer(content, userID, old, fresh);
  return { requests, content, answer: request && secretAnswer(request, "the secret") };
}

Deno.test("A signed device of ours is given what it asks for, once", () => {
  const { requests, answer } = asked();
  assertEquals(requests.names, [secretNames.backup]);
  const taken = requests.take(answer, answering, 1_000);
  assertEquals([taken?.name, taken?.secret], [secretNames.backup, "the secret"]);
  assertEquals(taken?.cancellation.action, "request_cancellation");
  assertEquals([requests.take(answer, answering, 1_000), requests.names], [undefined, []]);
});

Deno.test("Nobody else is answered", () => {
  const { content } = asked();
  const refused = [
    requestToAnswer(content, "@bruno:x", old, fresh),
    requestToAnswer(content, userID, old, { ...fresh, isOwnAndSigned: false }),
    requestToAnswer(content, userID, old, undefined),
    requestToAnswer(content, userID, old, { ...fresh, deviceID: "OTHER" }),
    requestToAnswer(content, userID, { userID, deviceID: "NEW" }, fresh),
    requestToAnswer({ ...content, name: "m.secret_storage.key.x" }, userID, old, fresh),
    requestToAnswer({ ...content, name: "constructor" }, userID, old, fresh),
    requestToAnswer({ ...content, action: "request_cancellation" }, userID, old, fresh),
    requestToAnswer({ ...content, request_id: "x".repeat(300) }, userID, old, fresh),
  ];
  assertEquals(refused.filter((one) => one !== undefined), []);
});

Deno.test("What nobody asked for, or an unsigned device sends, is ignored", () => {
  const { requests, answer } = asked();
  assertEquals(requests.take({ request_id: "r2", secret: "x" }, answering, 0), undefined);
  assertEquals(requests.take(answer, { ...answering, isOwnAndSigned: false }, 0), undefined);
  assertEquals(requests.take({ ...answer, secret: "x".repeat(2_000) }, answering, 0), undefined);
  assertEquals(requests.take(answer, answering, 0)?.secret, "the secret");
});

Deno.test("Requests do not wait for ever", () => {
  const { requests, answer } = asked();
  assertEquals(requests.expire(599_999), []);
  assertEquals(requests.expire(600_000).length, 1);
  assertEquals(requests.take(answer, answering, 600_001), undefined);
});

Deno.test("Damaged messages are taken or ignored, and nothing else", () => {
  const { requests, content, answer } = asked();
  for (const damaged of damagedJSON(content, 1_000)) {
    const request = requestToAnswer(damaged, userID, old, fresh);
    if (request !== undefined) assertEquals(request.requestingDevice, "NEW");
  }
  for (const damaged of damagedJSON(answer, 1_000)) requests.take(damaged, answering, 0);
});
