import { assert, assertEquals } from "../../platform/assert.ts";
import { damagedJSON } from "../testing/damage.ts";
import { type Letter, readVerificationEvent, Verifications } from "./Verifications.ts";
import type { VerificationParties } from "./Verification.ts";

/** Any device is one that can be compared with. */
function partiesOf(own: string, ownDevice: string) {
  const keysOf = (deviceID: string) => new Map([[`ed25519:${deviceID}`, `key of ${deviceID}`]]);
  return (partner: string): VerificationParties => ({
    own: { userID: own, deviceID: ownDevice, keys: keysOf(ownDevice) },
    partner,
    keysOf,
  });
}

const me = "@amelie:culture.example";
const bruno = "@bruno:interieur.example";

class Device {
  readonly verifications: Verifications;

  constructor(readonly userID: string, readonly deviceID: string) {
    this.verifications = new Verifications(userID, deviceID);
  }

  get parties() {
    return partiesOf(this.userID, this.deviceID);
  }

  get only() {
    assertEquals(this.verifications.open.length, 1);
    return this.verifications.open[0]!;
  }

  async hear(sender: string, letter: Letter, room?: { roomID: string; eventID: string }) {
    const event = {
      type: letter.type,
      sender,
      content: letter.content,
      event_id: room?.eventID,
      origin_server_ts: 0,
    };
    const incoming = readVerificationEvent(event, room?.roomID);
    assert(incoming !== undefined, "a message of ours must be read");
    return await this.verifications.receive(incoming, this.parties, 0);
  }
}

/** Delivers to-device letters among somebody's devices, until there are none left. */
async function deliver(devices: readonly Device[], from: Device, letters: readonly Letter[]) {
  for (const letter of letters) {
    assert("deviceIDs" in letter.to, "to devices");
    const { deviceIDs } = letter.to;
    for (const device of devices) {
      const isMeant = device !== from &&
        (deviceIDs === "all" || deviceIDs.includes(device.deviceID));
      if (isMeant) await deliver(devices, device, await device.hear(from.userID, letter));
    }
  }
}

Deno.test("Of several devices that are asked, one answers and the others stop asking", async () => {
  const devices = ["NEW", "OLD", "PHONE"].map((id) => new Device(me, id));
  const [fresh, old, phone] = devices as [Device, Device, Device];
  const { verification, letters } = fresh.verifications
    .askDevices(fresh.parties(me), ["OLD", "PHONE"], "t1", 0);
  await deliver(devices, fresh, letters);
  assertEquals(phone.only.state, { phase: "asked", isPossible: true });
  const theirs = old.only;
  await deliver(devices, old, old.verifications.letters(theirs, await theirs.accept(0)));
  assertEquals(phone.verifications.open, []);
  assertEquals([verification.state.phase, theirs.state.phase], ["comparing", "comparing"]);
  await deliver(devices, old, old.verifications.letters(theirs, await theirs.confirm()));
  await deliver(
    devices,
    fresh,
    fresh.verifications.letters(verification, await verification.confirm()),
  );
  assertEquals(verification.state, {
    phase: "done",
    deviceID: "OLD",
    verified: new Map([["ed25519:OLD", "key of OLD"]]),
  });
  assertEquals(theirs.state.phase, "done");
});

Deno.test("One device refuses, and no other goes on asking", async () => {
  const devices = ["NEW", "OLD", "PHONE"].map((id) => new Device(me, id));
  const [fresh, old, phone] = devices as [Device, Device, Device];
  const { letters } = fresh.verifications.askDevices(fresh.parties(me), ["OLD", "PHONE"], "t1", 0);
  await deliver(devices, fresh, letters);
  const theirs = old.only;
  await deliver(devices, old, old.verifications.letters(theirs, await theirs.cancel()));
  assertEquals([fresh, old, phone].flatMap((one) => one.verifications.open), []);
});

Deno.test("In a room, another device of ours that answers takes the request over", async () => {
  const [here, phone, theirs] = [
    new Device(me, "HERE"),
    new Device(me, "PHONE"),
    new Device(bruno, "B"),
  ];
  const form = { kind: "room", roomID: "!dm:x", requestID: "$r" } as const;
  const content = theirs.verifications.requestContent(me, "…");
  theirs.verifications.askedInRoom(form, theirs.parties(me), 0);
  const room = { roomID: "!dm:x", eventID: "$r" };
  const request: Letter = {
    userID: me,
    to: { roomID: "!dm:x" },
    type: "m.room.message",
    content,
  };
  for (const device of [here, phone]) await device.hear(bruno, request, room);
  const [ready, start] = phone.verifications.letters(phone.only, await phone.only.accept(0));
  assertEquals([ready!.to, start!.type], [{ roomID: "!dm:x" }, "m.key.verification.start"]);
  await here.hear(me, ready!, { roomID: "!dm:x", eventID: "$x" });
  assertEquals(here.verifications.open, []);
  await theirs.hear(me, ready!, { roomID: "!dm:x", eventID: "$x" });
  assertEquals(theirs.only.state.phase, "preparing");
});

Deno.test("A request to somebody else is not ours", async () => {
  const here = new Device(me, "HERE");
  const content = new Verifications(bruno, "B").requestContent("@chloe:x", "…");
  const letter: Letter = { userID: me, to: { roomID: "!x:x" }, type: "m.room.message", content };
  await here.hear(bruno, letter, { roomID: "!x:x", eventID: "$r" });
  assertEquals(here.verifications.open, []);
});

Deno.test("A message of a verification that nobody knows is answered once", async () => {
  const here = new Device(me, "HERE");
  const letter = (step: string): Letter => ({
    userID: me,
    to: { deviceIDs: ["HERE"] },
    type: `m.key.verification.${step}`,
    content: { transaction_id: "nobody", key: "x" },
  });
  const [answer] = await here.hear(bruno, letter("key"));
  assertEquals(answer?.content.code, "m.unknown_transaction");
  assertEquals(await here.hear(bruno, letter("key")), []);
  for (const step of ["cancel", "done"]) assertEquals(await here.hear(bruno, letter(step)), []);
});

Deno.test("A start without a request is taken, as old clients send it", async () => {
  const devices = [new Device(me, "HERE"), new Device(me, "OTHER")] as const;
  const [here, other] = devices;
  const { verification, letters } = here.verifications
    .askDevices(here.parties(me), ["OTHER"], "t1", 0);
  // The other answers by a start at once, which it can only do after a ready; so make one by hand.
  await other.hear(me, letters[0]!);
  const [, start] = other.verifications.letters(other.only, await other.only.accept(0));
  const third = new Device(me, "THIRD");
  const [accept] = await third.hear(me, start!);
  assertEquals(accept?.type, "m.key.verification.accept");
  assertEquals(third.only.state.phase, "preparing");
  assertEquals(verification.state.phase, "asking");
});

Deno.test("A device that asks twice gets neither", async () => {
  const [here, other] = [new Device(me, "HERE"), new Device(me, "OTHER")];
  for (const id of ["t1", "t2"]) {
    const { letters } = other.verifications.askDevices(other.parties(me), ["HERE"], id, 0);
    const answers = await here.hear(me, letters[0]!);
    assertEquals(answers.length, id === "t1" ? 0 : 2);
  }
  assertEquals(here.verifications.open, []);
});

Deno.test("A flood of requests does not grow without end", async () => {
  const here = new Device(me, "HERE");
  for (let index = 0; index < 100; index++) {
    const other = new Device(`@u${index}:x`, "D");
    const { letters } = other.verifications.askDevices(other.parties(me), ["HERE"], "t", 0);
    await here.hear(other.userID, letters[0]!);
  }
  assertEquals(here.verifications.open.length, 20);
  await here.verifications.tick(600_000);
  assertEquals(here.verifications.open.length, 0);
});

Deno.test("Requests that are withdrawn at once are forgotten, however many", async () => {
  const here = new Device(me, "HERE");
  const other = new Device(bruno, "B");
  for (let index = 0; index < 1_000; index++) {
    const { verification, letters } = other.verifications
      .askDevices(other.parties(me), ["HERE"], `t${index}`, 0);
    await here.hear(bruno, letters[0]!);
    const [cancel] = other.verifications.letters(verification, await verification.cancel());
    await here.hear(bruno, cancel!);
  }
  // The first is unknown by now, and the last is not.
  const late = (index: number): Letter => ({
    userID: me,
    to: { deviceIDs: ["HERE"] },
    type: "m.key.verification.key",
    content: { transaction_id: `t${index}`, key: "x" },
  });
  const answers = [await here.hear(bruno, late(0)), await here.hear(bruno, late(999))];
  assertEquals(answers.map(({ length }) => length), [1, 0]);
});

Deno.test("Damaged events are read or ignored, and nothing else", async () => {
  const here = new Device(me, "HERE");
  const other = new Device(bruno, "B");
  const { letters } = other.verifications.askDevices(other.parties(me), ["HERE"], "t", 0);
  const event = { type: letters[0]!.type, sender: bruno, content: letters[0]!.content };
  for (const roomID of [undefined, "!r:x"]) {
    for (const damaged of damagedJSON({ ...event, event_id: "$x" }, 1_000)) {
      const incoming = readVerificationEvent(damaged, roomID);
      if (incoming !== undefined) await here.verifications.receive(incoming, here.parties, 0);
    }
  }
});
