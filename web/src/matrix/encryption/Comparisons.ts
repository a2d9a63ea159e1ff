import type {
  KeysByID,
  Verification,
  VerificationParties,
  VerificationState,
} from "../../crypto/verification/Verification.ts";
import {
  type Incoming,
  type Letter,
  readVerificationEvent,
  Verifications,
} from "../../crypto/verification/Verifications.ts";
import { encodeBase64URL } from "../../crypto/primitives/base64.ts";
import { randomBytes } from "../../crypto/primitives/bytes.ts";
import type { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { type JsonObject, optional } from "../api/json.ts";
import {
  type Comparison,
  type ComparisonState,
  Failure,
  type Person,
  type RoomID,
  type UserID,
} from "../contract.ts";
import { Loop } from "./Loop.ts";

/** Who is at both ends, and what the other's device is called. */
export type Ends = {
  readonly parties: VerificationParties;
  readonly names: ReadonlyMap<string, string>;
};

export type ComparisonParts = {
  /** What is shown of them. */
  readonly state: Cell<readonly Comparison[]>;
  readonly self: UserID;
  readonly deviceID: string;
  readonly clock: Clock;
  /** Undefined: nobody can be compared with. */
  readonly endsWith: (partner: UserID) => Promise<Ends | undefined>;
  readonly person: (userID: UserID) => Person;
  readonly sendToDevices: (
    userID: UserID,
    deviceIDs: readonly string[],
    type: string,
    content: JsonObject,
  ) => Promise<void>;
  readonly sendToRoom: (roomID: RoomID, type: string, content: JsonObject) => Promise<void>;
  /** Both people said that these keys are the other's. */
  readonly onConfirmed: (partner: UserID, deviceID: string, keys: KeysByID) => Promise<void>;
};

type Known = {
  readonly id: string;
  readonly verification: Verification;
  readonly ends: Ends;
  /** Somebody looked at it: its end is shown. */
  isSeen: boolean;
  isClosed: boolean;
  isConfirmed: boolean;
};

const tickMS = 1_000;

/** Drives the comparisons of this device: brings them their messages, and time. */
export class Comparisons {
  readonly #verifications: Verifications;
  readonly #known = new Map<Verification, Known>();
  readonly #outbox: Letter[] = [];
  readonly #loop: Loop;
  #isTicking = false;
  #isStopped = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ComparisonParts) {
    this.#verifications = new Verifications(parts.self, parts.deviceID);
    this.#loop = new Loop(parts.clock, () => this.#send());
  }

  stop(): void {
    this.#isStopped = true;
    this.#loop.stop();
  }

  /** Takes an event that may be part of a comparison: one to this device, or in a room. */
  take(event: JsonObject, roomID?: RoomID): Promise<void> {
    const message = readVerificationEvent(event, roomID);
    if (message === undefined) return Promise.resolve();
    return this.#inTurn(() => this.#take(message));
  }

  /** Asks our other devices. Gives the comparison's ID. */
  async askDevices(deviceIDs: readonly string[]): Promise<string> {
    const { self, clock } = this.parts;
    const ends = await this.#ends(self);
    if (deviceIDs.length === 0) throw new Failure("NOT_FOUND", "There is no other device.");
    const { verification, letters } = this.#verifications.askDevices(
      ...[ends.parties, deviceIDs, encodeBase64URL(randomBytes(16)), clock.now()] as const,
    );
    this.#post(letters);
    return this.#know(verification, ends, true).id;
  }

  requestContent(partner: UserID, body: string): JsonObject {
    return this.#verifications.requestContent(partner, body);
  }

  /** The message that asks somebody has been sent. Gives the comparison's ID. */
  async askedInRoom(partner: UserID, roomID: RoomID, requestID: string): Promise<string> {
    const ends = await this.#ends(partner);
    const form = { kind: "room", roomID, requestID } as const;
    const { clock } = this.parts;
    const verification = this.#verifications.askedInRoom(form, ends.parties, clock.now());
    return this.#know(verification, ends, true).id;
  }

  accept(id: string): Promise<void> {
    return this.#act(id, (verification) => verification.accept(this.parts.clock.now()));
  }

  answer(id: string, isSame: boolean): Promise<void> {
    return this.#act(id, (verification) => isSame ? verification.confirm() : verification.refuse());
  }

  async close(id: string): Promise<void> {
    const known = this.#find(id);
    if (known === undefined) return;
    known.isClosed = true;
    await this.#act(id, (verification) => verification.cancel());
  }

  async #take(message: Incoming): Promise<void> {
    const ends = await this.parts.endsWith(message.sender);
    const letters = await this.#verifications.receive(
      message,
      () => ends?.parties,
      this.parts.clock.now(),
    );
    for (const verification of this.#verifications.open) {
      if (ends !== undefined && !this.#known.has(verification)) {
        this.#know(verification, ends, false);
      }
    }
    this.#post(letters);
    await this.#show();
  }

  async #act(
    id: string,
    act: (verification: Verification) => ReturnType<Verification["cancel"]>,
  ): Promise<void> {
    const known = this.#find(id);
    if (known === undefined) return;
    known.isSeen = true;
    const outgoing = await act(known.verification);
    this.#post(this.#verifications.letters(known.verification, outgoing));
    await this.#show();
  }

  async #ends(partner: UserID): Promise<Ends> {
    const ends = await this.parts.endsWith(partner);
    if (ends === undefined) throw new Failure("NOT_FOUND", "Nobody can be compared with.");
    return ends;
  }

  #know(verification: Verification, ends: Ends, isSeen: boolean): Known {
    const id = encodeBase64URL(randomBytes(9));
    const known = { id, verification, ends, isSeen, isClosed: false, isConfirmed: false };
    this.#known.set(verification, known);
    void this.#show();
    void this.#tick();
    return known;
  }

  #find(id: string): Known | undefined {
    return [...this.#known.values()].find((known) => known.id === id);
  }

  /** Tells how all of them stand, and acts on those that have ended well. */
  async #show(): Promise<void> {
    for (const known of [...this.#known.values()]) {
      const { verification } = known;
      const { phase } = verification.state;
      // What nobody looked at goes from the screen by itself.
      const isGone = known.isClosed || (phase === "cancelled" && !known.isSeen);
      if (isGone && verification.isOver) this.#known.delete(verification);
    }
    const shown = [...this.#known.values()].filter(({ isClosed }) => !isClosed);
    this.parts.state.set(shown.map((known) => this.#shown(known)));
    for (const known of shown) {
      const { state, parties } = known.verification;
      if (state.phase !== "done" || known.isConfirmed) continue;
      known.isConfirmed = true;
      await this.parts.onConfirmed(parties.partner, state.deviceID, state.verified);
    }
  }

  #shown({ id, verification, ends }: Known): Comparison {
    const { partner } = verification.parties;
    const isSelf = partner === this.parts.self;
    const name = ends.names.get(verification.partnerDevice ?? "");
    return {
      id,
      person: this.parts.person(partner),
      isSelf,
      ...optional("deviceName", isSelf ? name : undefined),
      state: shownState(verification.state),
    };
  }

  #post(letters: readonly Letter[]): void {
    if (letters.length === 0) return;
    this.#outbox.push(...letters);
    this.#loop.nudge();
  }

  async #send(): Promise<void> {
    for (let letter = this.#outbox[0]; letter !== undefined; letter = this.#outbox[0]) {
      const { to, userID, type, content } = letter;
      if ("roomID" in to) await this.parts.sendToRoom(to.roomID, type, content);
      else {
        const deviceIDs = to.deviceIDs === "all" ? ["*"] : to.deviceIDs;
        await this.parts.sendToDevices(userID, deviceIDs, type, content);
      }
      this.#outbox.shift();
    }
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    while (this.#verifications.open.length > 0 && !this.#isStopped) {
      await this.parts.clock.sleep(tickMS);
      this.#post(await this.#verifications.tick(this.parts.clock.now()));
      await this.#inTurn(() => this.#show());
    }
    this.#isTicking = false;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

function shownState(state: VerificationState): ComparisonState {
  switch (state.phase) {
    case "comparing":
      return {
        phase: "comparing",
        ...optional("emoji", state.hasEmoji ? state.shown.emoji : undefined),
        numbers: state.shown.decimal,
      };
    case "done":
      return { phase: "done" };
    case "cancelled":
      return { phase: "ended", reason: reasons[state.code] ?? "failed" };
    default:
      return state;
  }
}

const reasons: { readonly [code: string]: Extract<ComparisonState, { phase: "ended" }>["reason"] } =
  {
    "m.user": "cancelled",
    "m.timeout": "timeout",
    "m.accepted": "elsewhere",
    "m.mismatched_sas": "different",
    "m.mismatched_commitment": "different",
    "m.key_mismatch": "different",
  };
