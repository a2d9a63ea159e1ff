import { asEventID, asRoomID, asUserID } from "../../matrix/api/identifiers.ts";
import { integerIn, type JsonObject, objectIn, stringIn } from "../../platform/json.ts";
import type { RoomID, UserID } from "../../matrix/contract.ts";
import {
  binding,
  cancelContent,
  type Outgoing,
  readRequest,
  sasMethod,
  shortText,
  transactionIn,
  transactionOf,
  type VerificationForm,
  type VerificationStep,
  verificationSteps,
} from "./messages.ts";
import { Verification, type VerificationParties } from "./Verification.ts";

/** A message ready to be sent: to some devices, to all of a person's, or into a room. */
export type Letter = {
  readonly userID: UserID;
  readonly to: { readonly roomID: RoomID } | { readonly deviceIDs: readonly string[] | "all" };
  /** The event's type. */
  readonly type: string;
  readonly content: JsonObject;
};

/** A message that came, as it is to be read: see `readVerificationEvent`. */
export type Incoming = {
  readonly step: VerificationStep;
  readonly form: VerificationForm;
  readonly sender: UserID;
  readonly content: JsonObject;
  readonly originServerTS?: number;
};

/** Asks who is at both ends of a new verification. Undefined: it is of no interest. */
export type PartiesOf = (partner: UserID, deviceID: string) => VerificationParties | undefined;

/** More at a time nobody can look at; the oldest are not given up for the newest. */
const maxOpen = 20;
/** What is over is remembered, so that its last messages do not seem to come from nowhere. */
const memoryMS = 10 * 60_000;

/** Verifications, and those that nobody knows, of which more are not remembered. */
const maxRemembered = 200;

const typePrefix = "m.key.verification.";

/**
 * Reads an event that may be part of a verification. In a room, what was encrypted is given with
 * its `m.relates_to`.
 *
 * - Parameter roomID: Undefined for a to-device event.
 */
export function readVerificationEvent(event: unknown, roomID?: RoomID): Incoming | undefined {
  const sender = asUserID(stringIn(event, "sender"));
  const content = objectIn(event, "content");
  const step = stepOf(stringIn(event, "type"), content, roomID !== undefined);
  if (sender === undefined || content === undefined || step === undefined) return undefined;
  if (roomID === undefined) {
    const transactionID = shortText(stringIn(content, "transaction_id"));
    if (transactionID === undefined) return undefined;
    return { step, form: { kind: "to-device", transactionID }, sender, content };
  }
  const own = stringIn(event, "event_id");
  const requestID = asEventID(step === "request" ? own : transactionIn(content));
  if (requestID === undefined || asRoomID(roomID) === undefined) return undefined;
  const originServerTS = integerIn(event, "origin_server_ts");
  return {
    step,
    form: { kind: "room", roomID, requestID },
    sender,
    content,
    ...(originServerTS === undefined ? {} : { originServerTS }),
  };
}

/** All verifications of this device: which are open, and which message belongs to which. */
export class Verifications {
  readonly #all = new Map<string, { verification: Verification; asked: readonly string[] }>();

  /** Those that nobody knows and that were answered: once is enough. */
  readonly #unknown = new Set<string>();

  constructor(readonly own: UserID, readonly ownDevice: string) {}

  /** Those that the person may have to do with, oldest first. */
  get open(): readonly Verification[] {
    return [...this.#all.values()].map(({ verification }) => verification)
      .filter(({ isOver }) => !isOver);
  }

  /**
   * Asks our own other devices to compare.
   *
   * - Parameter asked: Their IDs.
   * - Parameter transactionID: New, and not to be guessed.
   */
  askDevices(
    parties: VerificationParties,
    asked: readonly string[],
    transactionID: string,
    now: number,
  ): { readonly verification: Verification; readonly letters: readonly Letter[] } {
    const form: VerificationForm = { kind: "to-device", transactionID };
    const verification = Verification.asked(form, parties, now);
    this.#remember(keyOf(parties.partner, form), verification, asked);
    const content = {
      from_device: this.ownDevice,
      methods: [sasMethod],
      timestamp: now,
      ...binding(form),
    };
    const letter = { userID: parties.partner, type: `${typePrefix}request`, content };
    return { verification, letters: [{ ...letter, to: { deviceIDs: asked } }] };
  }

  /** The content of the message that asks another person, to be sent into our direct message. */
  requestContent(partner: UserID, body: string): JsonObject {
    return {
      msgtype: `${typePrefix}request`,
      body,
      from_device: this.ownDevice,
      methods: [sasMethod],
      to: partner,
    };
  }

  /** That message has been sent, and is this event. */
  askedInRoom(form: VerificationForm, parties: VerificationParties, now: number): Verification {
    const verification = Verification.asked(form, parties, now);
    this.#remember(keyOf(parties.partner, form), verification, []);
    return verification;
  }

  /** Takes a message that came, and gives what to send back. */
  async receive(
    message: Incoming,
    partiesOf: PartiesOf,
    now: number,
  ): Promise<readonly Letter[]> {
    const { step, form, sender, content } = message;
    if (form.kind === "room" && sender === this.own) return await this.#byOtherDevice(message);
    const known = this.#all.get(keyOf(sender, form));
    if (step === "request") {
      return known === undefined ? await this.#takeRequest(message, partiesOf, now) : [];
    }
    if (known !== undefined) {
      return this.letters(known.verification, await known.verification.receive(step, content, now));
    }
    if (step === "start" && form.kind === "to-device") {
      return await this.#takeBareStart(message, partiesOf, now);
    }
    // Of a room's history we know nothing; and no error is answered with an error.
    if (step === "cancel" || step === "done" || form.kind === "room") return [];
    if (this.#unknown.has(keyOf(sender, form))) return [];
    this.#unknown.add(keyOf(sender, form));
    const [oldest] = this.#unknown;
    if (this.#unknown.size > maxRemembered && oldest !== undefined) this.#unknown.delete(oldest);
    return [{
      userID: sender,
      to: { deviceIDs: "all" },
      type: `${typePrefix}cancel`,
      content: cancelContent(form, "m.unknown_transaction"),
    }];
  }

  /** Puts addresses on what a verification has to say. */
  letters(verification: Verification, outgoing: readonly Outgoing[]): readonly Letter[] {
    const { form, parties: { partner }, partnerDevice } = verification;
    const asked = this.#all.get(keyOf(partner, form))?.asked ?? [];
    return outgoing.flatMap(({ step, content, to }): Letter[] => {
      const letter = { userID: partner, type: typePrefix + step, content };
      if (form.kind === "room") {
        return to === "others" ? [] : [{ ...letter, to: { roomID: form.roomID } }];
      }
      const deviceIDs = to === "others"
        ? asked.filter((deviceID) => deviceID !== partnerDevice)
        : partnerDevice === undefined
        ? asked
        : [partnerDevice];
      return deviceIDs.length === 0 ? [] : [{ ...letter, to: { deviceIDs } }];
    });
  }

  /** Time has passed: ends what took too long, and forgets what has long been over. */
  async tick(now: number): Promise<readonly Letter[]> {
    const letters: Letter[] = [];
    for (const [key, { verification }] of [...this.#all]) {
      letters.push(...this.letters(verification, await verification.tick(now)));
      if (verification.isOver && now >= verification.createdTS + memoryMS) this.#all.delete(key);
    }
    return letters;
  }

  async #takeRequest(
    { form, sender, content, originServerTS }: Incoming,
    partiesOf: PartiesOf,
    now: number,
  ): Promise<readonly Letter[]> {
    const request = readRequest(form, content, this.own, originServerTS, now);
    if (request === undefined) return [];
    if (sender === this.own && request.fromDevice === this.ownDevice) return [];
    const before = this.#with(sender, request.fromDevice);
    const parties = partiesOf(sender, request.fromDevice);
    if (parties === undefined) return [];
    if (before.length === 0 && this.open.length >= maxOpen) return [];
    const verification = Verification.from(form, parties, request, now);
    this.#remember(keyOf(sender, form), verification, []);
    // A device that asks again while it is being answered: none of its attempts is to be trusted.
    return before.length === 0 ? [] : await this.#cancelAll([...before, verification]);
  }

  async #takeBareStart(
    { form, sender, content }: Incoming,
    partiesOf: PartiesOf,
    now: number,
  ): Promise<readonly Letter[]> {
    const deviceID = shortText(stringIn(content, "from_device"));
    if (deviceID === undefined) return [];
    const before = this.#with(sender, deviceID);
    const parties = partiesOf(sender, deviceID);
    if (parties === undefined || before.length === 0 && this.open.length >= maxOpen) return [];
    const verification = Verification.begun(form, parties, now);
    this.#remember(keyOf(sender, form), verification, [deviceID]);
    if (before.length > 0) return await this.#cancelAll([...before, verification]);
    return this.letters(verification, await verification.receive("start", content, now));
  }

  /** In a room, our own other devices are heard too: one of them took the request, or refused it. */
  async #byOtherDevice({ step, form, content }: Incoming): Promise<readonly Letter[]> {
    if (step !== "ready" && step !== "cancel") return [];
    if (stringIn(content, "from_device") === this.ownDevice) return [];
    for (const { verification } of this.#all.values()) {
      const isMeant = verification.form.kind === "room" &&
        transactionOf(verification.form) === transactionOf(form) &&
        verification.state.phase === "asked";
      if (isMeant) await verification.leaveToOther();
    }
    return [];
  }

  #remember(key: string, verification: Verification, asked: readonly string[]): void {
    this.#all.set(key, { verification, asked });
    if (this.#all.size <= maxRemembered) return;
    // At most `maxOpen` of them are open, so that there is one to forget.
    const over = [...this.#all].find(([, entry]) => entry.verification.isOver);
    if (over !== undefined) this.#all.delete(over[0]);
  }

  /** What that device has under way with us that it asked for, or that is being done. */
  #with(partner: UserID, deviceID: string): readonly Verification[] {
    return this.open.filter((verification) =>
      verification.parties.partner === partner && verification.partnerDevice === deviceID
    );
  }

  async #cancelAll(verifications: readonly Verification[]): Promise<readonly Letter[]> {
    const letters = verifications.map(async (verification) =>
      this.letters(verification, await verification.cancel("m.unexpected_message"))
    );
    return (await Promise.all(letters)).flat();
  }
}

function keyOf(partner: UserID, form: VerificationForm): string {
  return `${partner} ${form.kind} ${transactionOf(form)}`;
}

function stepOf(
  type: string | undefined,
  content: unknown,
  isInRoom: boolean,
): VerificationStep | undefined {
  const request = `${typePrefix}request`;
  if (isInRoom) {
    const isRequest = type === "m.room.message" && stringIn(content, "msgtype") === request;
    if (isRequest) return "request";
    if (type === request) return undefined;
  }
  if (type === undefined || !type.startsWith(typePrefix)) return undefined;
  return verificationSteps.find((step) => type === typePrefix + step);
}
