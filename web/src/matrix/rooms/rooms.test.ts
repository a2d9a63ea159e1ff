import { assert, assertEquals } from "../../platform/assert.ts";
import type { RoomRecord } from "../storage/records.ts";
import { emptyRoom } from "../sync/applySync.ts";
import { factsWith, noFacts } from "./facts.ts";
import { cleanFileName, cleanName, personOf, skeleton } from "./names.ts";
import { permissions, powerContentWith, powerLevels, powerOf } from "./power.ts";
import { generalLevel, roomLevel } from "./pushRules.ts";
import { roomName } from "./roomName.ts";

const self = "@amelie:test";

function room(change: Partial<RoomRecord>): RoomRecord {
  return { ...emptyRoom("!r:test", 0), ...change };
}

Deno.test("A room is called by its name, its alias, or its members", () => {
  const faces = [{ id: "@basile:test", name: "Basile" }, { id: "@chloe:test", name: "Chloé" }];
  const heroes = faces.map(({ id }) => id);
  const alias = "#presse:test";
  assertEquals(roomName(room({ facts: { ...noFacts, name: "Presse", alias } }), self), {
    kind: "own",
    text: "Presse",
  });
  assertEquals(roomName(room({ facts: { ...noFacts, alias } }), self), {
    kind: "own",
    text: alias,
  });
  assertEquals(roomName(room({ faces, heroes, joinedCount: 3 }), self), {
    kind: "heroes",
    names: ["Basile", "Chloé"],
    others: 0,
  });
  assertEquals(roomName(room({ faces, heroes, joinedCount: 1_237 }), self), {
    kind: "heroes",
    names: ["Basile", "Chloé"],
    others: 1_234,
  });
  assertEquals(roomName(room({ faces, heroes: heroes.slice(0, 1), joinedCount: 1 }), self), {
    kind: "empty",
    formerly: ["Basile"],
  });
  assertEquals(roomName(room({ joinedCount: 1 }), self), { kind: "empty", formerly: [] });
  assertEquals(
    roomName(room({ invitation: { by: "@basile:test", isDirect: true }, faces }), self),
    { kind: "heroes", names: ["Basile"], others: 0 },
  );
  const twins = [{ id: "@a:x", name: "Amélie" }, { id: "@b:x", name: "Amélie" }];
  assertEquals(roomName(room({ faces: twins, heroes: ["@a:x", "@b:x"], joinedCount: 3 }), self), {
    kind: "heroes",
    names: ["Amélie (@a:x)", "Amélie (@b:x)"],
    others: 0,
  });
});

Deno.test("Names lose their tricks", () => {
  assertEquals(cleanName("  Amélie \n Dupont "), "Amélie Dupont");
  assertEquals(cleanName("evil\u202egnp.exe"), "evilgnp.exe");
  assertEquals(cleanName("z̸̢̛͓̈́a"), "z̸̢a".normalize("NFC"));
  for (const nothing of ["", "   ", "\u200b", "\u3164", "\u202e\u2066", "\u0301"]) {
    assertEquals(cleanName(nothing), undefined);
  }
  assertEquals([...cleanName("é".repeat(500)) ?? ""].length, 100);
  assertEquals(cleanName("👩‍👩‍👧 Famille"), "👩‍👩‍👧 Famille");
  assertEquals(cleanFileName("../../etc/passwd"), "_.._etc_passwd");
  assertEquals(cleanFileName("facture\u202efdp.exe"), "facturefdp.exe");
});

Deno.test("Names that look the same are told apart, and IDs are no names", () => {
  for (
    const [one, other] of [["Amélie", "AMELIE"], ["Basile", "Bаsile"], ["Paul", "PauI"], [
      "Modem",
      "Mоdern",
    ], ["O", "0"]] as const
  ) {
    assertEquals(skeleton(one), skeleton(other), `${one} and ${other}`);
  }
  assert(skeleton("Amélie") !== skeleton("Amélia"), "others are others");
  assertEquals(personOf("@a:x", "Amélie", undefined, true).name, "Amélie (@a:x)");
  assertEquals(personOf("@a:x", "@chef:x", undefined, false).name, "@chef:x (@a:x)");
  assertEquals(personOf("@a:x", "\u200b", undefined, false).name, "@a:x");
});

Deno.test("Power: defaults, strings of old rooms, creators of version 12", () => {
  const event = (type: string, content: Record<string, unknown>, sender = self) => ({
    type,
    sender,
    stateKey: "",
    content,
  });
  const old = factsWith(noFacts, event("m.room.create", {}));
  assertEquals([powerOf(old, self), powerOf(old, "@b:x")], [100, 0]);
  assertEquals(powerLevels(old).stateDefault, 0);
  const set = factsWith(old, event("m.room.power_levels", { users: { "@b:x": "50" }, ban: 1.5 }));
  assertEquals([powerOf(set, self), powerOf(set, "@b:x"), powerLevels(set).ban], [0, 50, 1]);
  assertEquals(permissions(set, "@b:x", true, true).setName, true);
  assertEquals(permissions(set, "@b:x", false, true).send, false);
  const v12 = factsWith(
    noFacts,
    event("m.room.create", { room_version: "12", additional_creators: ["@c:x", 4] }),
  );
  assertEquals([powerOf(v12, self), powerOf(v12, "@c:x"), powerOf(v12, "@d:x")], [
    Infinity,
    Infinity,
    0,
  ]);
  assertEquals(powerContentWith(set, "@c:x", 100), {
    users: { "@b:x": "50", "@c:x": 100 },
    ban: 1.5,
  });
});

Deno.test("Encryption never goes off", () => {
  const event = { type: "m.room.encryption", sender: self, stateKey: "", content: {} };
  const on = factsWith(noFacts, event);
  assertEquals(on.isEncrypted, true);
  assertEquals(factsWith(on, { ...event, content: { algorithm: null } }).isEncrypted, true);
});

Deno.test("Notification levels are read from the rules that other clients write too", () => {
  const rules = (kind: string, actions: unknown[]) => ({
    global: { [kind]: [{ rule_id: "!r:test", enabled: true, actions }] },
  });
  assertEquals(roomLevel(undefined, "!r:test"), "default");
  assertEquals(roomLevel(rules("override", []), "!r:test"), "mute");
  assertEquals(roomLevel(rules("override", ["dont_notify"]), "!r:test"), "mute");
  assertEquals(roomLevel(rules("room", []), "!r:test"), "mentions");
  assertEquals(roomLevel(rules("room", ["notify"]), "!r:test"), "all");
  const general = (id: string, enabled: boolean, actions: unknown[]) => ({
    global: {
      override: [{ rule_id: ".m.rule.master", enabled: id === "master" && enabled }],
      underride: [{ rule_id: ".m.rule.message", enabled: true, actions }],
    },
  });
  assertEquals(generalLevel(general("master", true, ["notify"])), "none");
  assertEquals(generalLevel(general("", false, ["notify"])), "all");
  assertEquals(generalLevel(general("", false, [])), "mentions");
});
