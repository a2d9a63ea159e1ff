import type { EventItem, Permissions } from "../../matrix/contract.ts";
import { allowedVerbs, verbKey } from "./messageVerbs.ts";

const item: EventItem = {
  kind: "event",
  key: "a",
  eventID: "$a",
  sender: { id: "@basile:culture.example", name: "Basile" },
  isOwn: false,
  ts: 0,
  content: { kind: "text", style: "text", body: "Bonjour" },
  reactions: [],
  readBy: [],
  isHighlight: false,
  canEdit: false,
  canRedact: false,
};

const may = { send: true, react: true } as Permissions;

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Another's message can be answered and reported, not edited or removed", () => {
  expect(allowedVerbs(item, may).join(), "react,reply,copy,copyLink,profile,report");
});

Deno.test("One's own can be edited and removed, not reported", () => {
  const own = { ...item, isOwn: true, canEdit: true, canRedact: true };
  expect(allowedVerbs(own, may).join(), "react,reply,edit,copy,copyLink,profile,remove");
});

Deno.test("Where one may only read, nothing is offered that would say something", () => {
  const reader = { send: false, react: false } as Permissions;
  expect(allowedVerbs(item, reader).join(), "copy,copyLink,profile,report");
});

Deno.test("A deleted message can only be pointed at, and a local echo nothing", () => {
  expect(allowedVerbs({ ...item, content: { kind: "redacted" } }, may).join(), "copyLink,profile");
  expect(allowedVerbs({ ...item, sending: { state: "waiting" } }, may).length, 0);
});

Deno.test("Keys with Ctrl or Alt are left to the browser, but for copying", () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  expect(verbKey({ ...none, key: "r" }), "reply");
  expect(verbKey({ ...none, key: "r", ctrlKey: true }), undefined);
  expect(verbKey({ ...none, key: "c", ctrlKey: true }), "copy");
  expect(verbKey({ ...none, key: "e", altKey: true }), undefined);
});
