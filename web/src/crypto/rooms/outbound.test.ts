import { assertEquals } from "../../platform/assert.ts";
import type { DeviceTrust } from "../devices/IdentityKeeper.ts";
import { megolmAlgorithm, olmAlgorithm } from "../names.ts";
import type { Device, OutboundRecord, Told } from "../storage/stores.ts";
import {
  deviceName,
  mustRotate,
  pastIndices,
  readersOf,
  recipientsAmong,
  stillToTell,
} from "./outbound.ts";

const own = { userID: "@a:test", deviceID: "A" };

function device(userID: string, deviceID: string, trust: DeviceTrust = "signed"): Device {
  return {
    ...{ userID, deviceID, trust, curve25519: `c ${userID} ${deviceID}`, ed25519: "", object: {} },
    algorithms: [olmAlgorithm, megolmAlgorithm],
  };
}

function told(what: Told["what"], to: Device, index = 0, ts = 0): [string, Told] {
  const { userID, deviceID, curve25519 } = to;
  return [deviceName(to), { userID, deviceID, curve25519, what, index, ts }];
}

Deno.test("Who is invited reads along, unless history begins with joining", () => {
  const members = ["join", "invite", "leave", "ban", "knock"].map((membership) => {
    return { userID: `@${membership}:test`, membership };
  });
  for (const visibility of ["world_readable", "shared", "invited"] as const) {
    assertEquals(readersOf(members, visibility), ["@join:test", "@invite:test"]);
  }
  assertEquals(readersOf(members, "joined"), ["@join:test"]);
});

Deno.test("Keys go to signed devices; the setting adds unknown ones, never those of a changed identity", () => {
  const trusts = ["unknown", "signed", "verified", "changed"] as const;
  const devices = [
    ...trusts.map((trust) => device("@b:test", trust, trust)),
    device(own.userID, own.deviceID),
    { ...device("@b:test", "BOT"), algorithms: [olmAlgorithm] },
  ];
  const allowed = (relaxed: boolean) => {
    return [...recipientsAmong(devices, own, relaxed).allowed.values()].map((one) => one.deviceID);
  };
  assertEquals(allowed(false), ["signed", "verified"]);
  assertEquals(allowed(true), ["unknown", "signed", "verified"]);
});

Deno.test("A session ends for each of the reasons, and a room cannot ask for madness", () => {
  const b = device("@b:test", "B");
  const record = {
    ...{ index: 10, createdTS: 0, isShareable: true, isOver: false, debts: 0 },
    ...{ told: new Map([told("key", b)]), since: new Map() },
  } as unknown as OutboundRecord;
  const room = { roomID: "!r:test", isHistoryShared: true, readers: [] };
  const with_ = (...devices: Device[]) => recipientsAmong(devices, own, false);
  const hour = 60 * 60_000;
  const ends = (changes: object, more: object = {}, now = hour - 1, recipients = with_(b)) => {
    return mustRotate({ ...record, ...changes }, { ...room, ...more }, recipients, now);
  };
  assertEquals(ends({}), false);
  assertEquals(ends({ isOver: true }), true);
  assertEquals(ends({ isShareable: false }), true);
  assertEquals([ends({ index: 99 }), ends({ index: 100 })], [false, true]);
  assertEquals(ends({}, { rotationPeriodMessages: 10 }), true);
  assertEquals(ends({ index: 0 }, { rotationPeriodMessages: -5 }), false);
  assertEquals(ends({ index: 10_000 }, { rotationPeriodMessages: 1e15 }), true);
  assertEquals([ends({}, {}, 168 * hour - 1), ends({}, {}, 168 * hour)], [false, true]);
  assertEquals([ends({}, { rotationPeriodMS: 1 }), ends({}, { rotationPeriodMS: 1 }, hour)], [
    false,
    true,
  ]);
  assertEquals(ends({}, {}, 0, with_()), true);
  assertEquals(ends({}, {}, 0, with_({ ...b, curve25519: "other" })), true);
  assertEquals(ends({}, {}, 0, with_(device("@b:test", "B", "changed"))), true);
  assertEquals(ends({ told: new Map([told("m.unverified", b)]) }, {}, 0, with_()), false);
});

Deno.test("A device is told once; one without a key is tried again after a minute", () => {
  const [b, c] = [device("@b:test", "B"), device("@b:test", "C")];
  const recipients = recipientsAmong([b, c], own, false);
  const names = (entries: [string, Told][], now = 1000) => {
    return stillToTell(new Map(entries), recipients, now).map((one) => one.deviceID);
  };
  assertEquals(names([]), ["B", "C"]);
  assertEquals(names([told("key", b), told("owed", c)]), ["C"]);
  assertEquals(names([told("key", b), told("m.no_olm", c)]), []);
  assertEquals(names([told("key", b), told("m.no_olm", c)], 60_000), ["C"]);
});

Deno.test("A reader's devices read from where their owner does; a new reader's from now on", () => {
  const [b, c, d] = [device("@b:test", "B"), device("@c:test", "C"), device("@d:test", "D")];
  const indices = pastIndices(new Map([["@b:test", 0], ["@c:test", 7]]), [b, c, d]);
  assertEquals([...indices].map(([one, index]) => [one.deviceID, index]), [["B", 0], ["C", 7]]);
});
