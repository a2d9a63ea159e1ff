import { entriesIn, type JsonObject, stringIn, stringsIn } from "../../platform/json.ts";
import type { UserID } from "../../matrix/contract.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, encodeUTF8, equalInConstantTime } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { agree, generateX25519, type X25519KeyPair } from "../primitives/x25519.ts";
import {
  binding,
  type CancelCode,
  cancelContent,
  type Outgoing,
  readCancelCode,
  requestLifetimeMS,
  sasMethod,
  shortText,
  transactionOf,
  type VerificationForm,
  type VerificationRequest,
  type VerificationStep,
} from "./messages.ts";
import { commitment, sasMac, type SasMacMethod, type ShortString, shortString } from "./sas.ts";

/** Public keys in unpadded Base64 by their ID, such as `ed25519:DEVICE`. */
export type KeysByID = ReadonlyMap<string, string>;

export type VerificationParties = {
  /** Our device's key, and our master key where we know it to be ours. */
  readonly own: { readonly userID: UserID; readonly deviceID: string; readonly keys: KeysByID };
  readonly partner: UserID;
  /**
   * The other's keys as we hold them, once their device is known. Asked once: these are the keys
   * that are compared, whatever the server says later. Undefined: no such device, or one that
   * nobody may confirm.
   */
  readonly keysOf: (deviceID: string) => KeysByID | undefined;
};

export type VerificationState =
  /** We asked, and nobody has answered. */
  | { readonly phase: "asking" }
  /** We are asked. `isPossible`: they know a method that we know. */
  | { readonly phase: "asked"; readonly isPossible: boolean }
  /** Both agreed; keys are being exchanged. */
  | { readonly phase: "preparing" }
  /** To be compared by the people. `hasEmoji`: else only the numbers are shown at both ends. */
  | { readonly phase: "comparing"; readonly shown: ShortString; readonly hasEmoji: boolean }
  /** We said that it is the same; the other has not yet. */
  | { readonly phase: "waiting" }
  /** These keys are theirs. */
  | { readonly phase: "done"; readonly deviceID: string; readonly verified: KeysByID }
  | { readonly phase: "cancelled"; readonly code: CancelCode; readonly byUs: boolean };

/** A verification that has not ended by then is given up. In milliseconds. */
const lifetimeMS = 10 * 60_000;
/** A request that nobody looks at goes away. In milliseconds. */
const promptMS = 2 * 60_000;
/** How long whoever asked waits for the other to begin before beginning. In milliseconds. */
const patienceMS = 3_000;

const offer = {
  method: sasMethod,
  key_agreement_protocols: ["curve25519-hkdf-sha256"],
  hashes: ["sha256"],
  message_authentication_codes: ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"],
  short_authentication_string: ["decimal", "emoji"],
};

/** What a step has led to, inside. Each holds what the next one needs. */
type Step =
  | { readonly at: "asking" }
  | { readonly at: "asked"; readonly request: VerificationRequest }
  | { readonly at: "ready"; readonly since: number; readonly isAsker: boolean }
  | { readonly at: "started"; readonly start: JsonObject }
  | { readonly at: "accepted"; readonly agreed: Agreed; readonly pair: X25519KeyPair }
  | {
    readonly at: "keyed";
    readonly start: JsonObject;
    readonly agreed: Agreed;
    readonly commitment: string;
    readonly pair: X25519KeyPair;
  }
  | {
    readonly at: "comparing" | "confirmed";
    readonly agreed: Agreed;
    readonly shared: Bytes;
    readonly shown: ShortString;
    /** Theirs, when it came before we had confirmed. */
    readonly mac?: JsonObject;
  }
  | { readonly at: "done"; readonly verified: KeysByID }
  | { readonly at: "cancelled"; readonly code: CancelCode; readonly byUs: boolean };

type Agreed = { readonly mac: SasMacMethod; readonly hasEmoji: boolean };

/**
 * One comparison of two devices by seven pictures or three numbers, from the request to the end.
 *
 * The file is long because it is one table of what may follow what. A machine without clock or
 * network: it is told what came and what the person said, and answers
 * with what to send. Calls are done one after the other, in the order in which they were made.
 * After the end it says nothing more, so that two machines never quarrel.
 *
 * - Spec: [Short Authentication String verification](https://spec.matrix.org/v1.19/client-server-api/#short-authentication-string-sas-verification)
 */
export class Verification {
  #step: Step;
  /** Once its keys are fixed. */
  #partnerDevice: string | undefined;
  readonly #requestingDevice: string | undefined;
  #partnerKeys: KeysByID = new Map();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly form: VerificationForm,
    readonly parties: VerificationParties,
    readonly createdTS: number,
    step: Step,
  ) {
    this.#step = step;
    this.#requestingDevice = step.at === "asked" ? step.request.fromDevice : undefined;
  }

  /** We have sent a request, to the other's devices or into the room. */
  static asked(form: VerificationForm, parties: VerificationParties, now: number): Verification {
    return new Verification(form, parties, now, { at: "asking" });
  }

  /** A request came: see `readRequest`. */
  static from(
    form: VerificationForm,
    parties: VerificationParties,
    request: VerificationRequest,
    now: number,
  ): Verification {
    return new Verification(form, parties, now, { at: "asked", request });
  }

  /**
   * A start came without a request, as old clients do it: hand it to `receive` next. The person
   * is not asked, for what they will see asks them.
   */
  static begun(form: VerificationForm, parties: VerificationParties, now: number): Verification {
    return new Verification(form, parties, now, { at: "ready", since: now, isAsker: false });
  }

  get state(): VerificationState {
    return stateOf(this.#step, this.partnerDevice);
  }

  /** The device at the other end, once it is known. */
  get partnerDevice(): string | undefined {
    return this.#partnerDevice ?? this.#requestingDevice;
  }

  get isOver(): boolean {
    return this.#step.at === "done" || this.#step.at === "cancelled";
  }

  /** The person takes a request on: answers it, and begins at once. */
  accept(now: number): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => {
      const step = this.#step;
      if (step.at !== "asked") return [];
      if (!step.request.methods.includes(sasMethod)) return this.#cancel("m.unknown_method");
      if (!this.#fixPartner(step.request.fromDevice)) return this.#cancel("m.key_mismatch");
      this.#step = { at: "ready", since: now, isAsker: false };
      const ready = this.#message("ready", {
        from_device: this.parties.own.deviceID,
        methods: [sasMethod],
      });
      return [ready, ...this.#start()];
    });
  }

  /** The person says that both ends show the same. */
  confirm(): Promise<readonly Outgoing[]> {
    return this.#inTurn(async () => {
      const step = this.#step;
      if (step.at !== "comparing") return [];
      this.#step = { ...step, at: "confirmed" };
      const mac = this.#message("mac", await this.#ownMacs(step.agreed.mac, step.shared));
      return step.mac === undefined ? [mac] : [mac, ...await this.#takeMac(step.mac)];
    });
  }

  /** The person says that the ends differ: somebody may be in between. */
  refuse(): Promise<readonly Outgoing[]> {
    return this.#inTurn(() =>
      this.#step.at === "comparing" ? this.#cancel("m.mismatched_sas") : []
    );
  }

  /** The person does not want to, or not any more. */
  cancel(code: CancelCode = "m.user"): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => this.isOver ? [] : this.#cancel(code));
  }

  /** Another of our own devices took the request on. Nothing is sent. */
  leaveToOther(): Promise<void> {
    return this.#inTurn(() => {
      const isOpen = this.#step.at === "asked" || this.#step.at === "asking";
      if (isOpen) this.#step = { at: "cancelled", code: "m.accepted", byUs: false };
    });
  }

  /** Time has passed. Call it every second or so while one is open. */
  tick(now: number): Promise<readonly Outgoing[]> {
    return this.#inTurn(() => {
      const step = this.#step;
      if (this.isOver) return [];
      if (step.at === "asked") {
        const ends = Math.min(step.request.ts + requestLifetimeMS, this.createdTS + promptMS);
        // It only goes from the screen; another device may still answer.
        if (now >= ends) this.#step = { at: "cancelled", code: "m.timeout", byUs: true };
        return [];
      }
      if (now >= this.createdTS + lifetimeMS) return this.#cancel("m.timeout");
      const isLate = step.at === "ready" && step.isAsker && now >= step.since + patienceMS;
      return isLate ? this.#start() : [];
    });
  }

  /** A message of this verification came from the partner. */
  receive(
    step: VerificationStep,
    content: JsonObject,
    now: number,
  ): Promise<readonly Outgoing[]> {
    return this.#inTurn(async () => {
      if (this.isOver) return [];
      try {
        return await this.#take(step, content, now);
      } catch (error) {
        if (error instanceof CryptoError) return this.#cancel("m.invalid_message");
        throw error;
      }
    });
  }

  #take(
    type: VerificationStep,
    content: JsonObject,
    now: number,
  ): Promise<readonly Outgoing[]> | readonly Outgoing[] {
    const step = this.#step;
    if (type === "cancel") {
      const wasAsking = step.at === "asking";
      const code = readCancelCode(content);
      this.#step = { at: "cancelled", code, byUs: false };
      // Refused on one device: the others need not ask any more.
      return wasAsking && this.form.kind === "to-device" ? [this.#tellOthers("m.user")] : [];
    }
    if (type === "ready") {
      if (step.at === "asking") return this.#takeReady(content, now);
      // Two of the asked devices answered at once. The second is told by `others` that it is late.
      if (stringIn(content, "from_device") !== this.#partnerDevice) return [];
    }
    if (type === "start" && (step.at === "ready" || step.at === "started")) {
      return this.#takeStart(content);
    }
    if (type === "accept" && step.at === "started") return this.#takeAccept(content, step.start);
    if (type === "key" && (step.at === "accepted" || step.at === "keyed")) {
      return this.#takeKey(content, step);
    }
    if (type === "mac" && step.at === "comparing" && step.mac === undefined) {
      this.#step = { ...step, mac: content };
      return [];
    }
    if (type === "mac" && step.at === "confirmed") return this.#takeMac(content);
    return this.#cancel("m.unexpected_message");
  }

  #takeReady(content: JsonObject, now: number): readonly Outgoing[] {
    const deviceID = shortText(stringIn(content, "from_device"));
    if (deviceID === undefined) return this.#cancel("m.invalid_message");
    const toOthers = this.form.kind === "to-device" ? [this.#tellOthers("m.accepted")] : [];
    if (!stringsIn(content, "methods").includes(sasMethod)) {
      return [...this.#cancel("m.unknown_method"), ...toOthers];
    }
    if (!this.#fixPartner(deviceID)) return [...this.#cancel("m.key_mismatch"), ...toOthers];
    this.#step = { at: "ready", since: now, isAsker: true };
    return toOthers;
  }

  #start(): readonly Outgoing[] {
    const start = this.#message("start", { from_device: this.parties.own.deviceID, ...offer });
    this.#step = { at: "started", start: start.content };
    return [start];
  }

  async #takeStart(content: JsonObject): Promise<readonly Outgoing[]> {
    const deviceID = shortText(stringIn(content, "from_device"));
    if (deviceID === undefined) return this.#cancel("m.invalid_message");
    const isKnown = this.#partnerDevice !== undefined || this.#fixPartner(deviceID);
    if (!isKnown || this.#partnerDevice !== deviceID) return this.#cancel("m.key_mismatch");
    if (stringIn(content, "method") !== sasMethod) {
      return this.#cancel(
        this.#step.at === "started" ? "m.unexpected_message" : "m.unknown_method",
      );
    }
    // Both began at once: that of the lesser ID counts.
    if (this.#step.at === "started" && this.#isLesser()) return [];
    const offers = (field: string, value: string) => stringsIn(content, field).includes(value);
    const mac = offer.message_authentication_codes
      .find((method) => offers("message_authentication_codes", method));
    const strings = offer.short_authentication_string
      .filter((string) => offers("short_authentication_string", string));
    const isPossible = offers("key_agreement_protocols", "curve25519-hkdf-sha256") &&
      offers("hashes", "sha256") && mac !== undefined && strings.length > 0;
    if (!isPossible) return this.#cancel("m.unknown_method");
    const pair = await generateX25519();
    const accept = this.#message("accept", {
      method: sasMethod,
      key_agreement_protocol: "curve25519-hkdf-sha256",
      hash: "sha256",
      message_authentication_code: mac,
      short_authentication_string: strings,
      commitment: await commitment(encodeBase64(pair.publicKey), content),
    });
    const agreed = { mac: mac as SasMacMethod, hasEmoji: strings.includes("emoji") };
    this.#step = { at: "accepted", agreed, pair };
    return [accept];
  }

  async #takeAccept(content: JsonObject, start: JsonObject): Promise<readonly Outgoing[]> {
    const mac = stringIn(content, "message_authentication_code") ?? "";
    const strings = stringsIn(content, "short_authentication_string");
    const promised = shortText(stringIn(content, "commitment"));
    const isOffered = stringIn(content, "key_agreement_protocol") === "curve25519-hkdf-sha256" &&
      stringIn(content, "hash") === "sha256" &&
      offer.message_authentication_codes.includes(mac) &&
      strings.length > 0 &&
      strings.every((string) => offer.short_authentication_string.includes(string));
    if (!isOffered) return this.#cancel("m.unknown_method");
    if (promised === undefined) return this.#cancel("m.invalid_message");
    const pair = await generateX25519();
    const agreed = { mac: mac as SasMacMethod, hasEmoji: strings.includes("emoji") };
    this.#step = { at: "keyed", start, agreed, commitment: promised, pair };
    return [this.#message("key", { key: encodeBase64(pair.publicKey) })];
  }

  async #takeKey(
    content: JsonObject,
    step: Extract<Step, { at: "accepted" | "keyed" }>,
  ): Promise<readonly Outgoing[]> {
    const theirs = decodeBase64Exactly(32, stringIn(content, "key") ?? "");
    const theirKey = encodeBase64(theirs);
    const ownKey = encodeBase64(step.pair.publicKey);
    const isStarter = step.at === "keyed";
    if (isStarter && !isSame(await commitment(theirKey, step.start), step.commitment)) {
      return this.#cancel("m.mismatched_commitment");
    }
    const shared = await agree(step.pair.privateKey, theirs);
    const own = { ...this.#ownEnd, publicKey: ownKey };
    const partner = { ...this.#partnerEnd, publicKey: theirKey };
    const [starter, accepter] = isStarter ? [own, partner] : [partner, own];
    const shown = await shortString(shared, starter, accepter, transactionOf(this.form));
    this.#step = { at: "comparing", agreed: step.agreed, shared, shown };
    return isStarter ? [] : [this.#message("key", { key: ownKey })];
  }

  /** They said that it is the same, and so did we: checks which keys they vouch for. */
  async #takeMac(content: JsonObject): Promise<readonly Outgoing[]> {
    const step = this.#step;
    if (step.at !== "confirmed") return [];
    const macs = entriesIn(content, "mac");
    const ids = macs.map(([keyID]) => keyID).sort().join(",");
    const macOf = (keyID: string, text: string) =>
      sasMac(
        step.agreed.mac,
        step.shared,
        this.#partnerEnd,
        this.#ownEnd,
        transactionOf(this.form),
        keyID,
        text,
      );
    if (!isSame(await macOf("KEY_IDS", ids), stringIn(content, "keys"))) {
      return this.#cancel("m.key_mismatch");
    }
    const verified = new Map<string, string>();
    for (const [keyID, mac] of macs) {
      // Keys that we do not hold are none of our business; the list above covers their names.
      const key = this.#partnerKeys.get(keyID);
      if (key === undefined) continue;
      if (!isSame(await macOf(keyID, key), mac)) return this.#cancel("m.key_mismatch");
      verified.set(keyID, key);
    }
    if (verified.size === 0) return this.#cancel("m.key_mismatch");
    this.#step = { at: "done", verified };
    return [this.#message("done", {})];
  }

  async #ownMacs(method: SasMacMethod, shared: Bytes): Promise<JsonObject> {
    const macOf = (keyID: string, text: string) =>
      sasMac(
        method,
        shared,
        this.#ownEnd,
        this.#partnerEnd,
        transactionOf(this.form),
        keyID,
        text,
      );
    const ids = [...this.parties.own.keys.keys()].sort();
    const macs = ids.map(async (keyID) =>
      [keyID, await macOf(keyID, this.parties.own.keys.get(keyID) ?? "")] as const
    );
    return {
      mac: Object.fromEntries(await Promise.all(macs)),
      keys: await macOf("KEY_IDS", ids.join(",")),
    };
  }

  get #ownEnd() {
    return { userID: this.parties.own.userID, deviceID: this.parties.own.deviceID };
  }

  get #partnerEnd() {
    return { userID: this.parties.partner, deviceID: this.#partnerDevice ?? "" };
  }

  /** Whether the other's device is one that can be confirmed. From here on its keys are fixed. */
  #fixPartner(deviceID: string): boolean {
    const isSelf = this.parties.partner === this.parties.own.userID &&
      deviceID === this.parties.own.deviceID;
    const keys = isSelf ? undefined : this.parties.keysOf(deviceID);
    if (keys === undefined || keys.size === 0) return false;
    this.#partnerDevice = deviceID;
    this.#partnerKeys = new Map(keys);
    return true;
  }

  /** Whether our ID comes before theirs; the devices' IDs where the people are one. */
  #isLesser(): boolean {
    const [own, partner] = [this.#ownEnd, this.#partnerEnd];
    return own.userID === partner.userID
      ? own.deviceID < partner.deviceID
      : own.userID < partner.userID;
  }

  #message(step: VerificationStep, content: JsonObject): Outgoing {
    return { step, content: { ...content, ...binding(this.form) }, to: "partner" };
  }

  #cancel(code: CancelCode): readonly Outgoing[] {
    const wasAsking = this.#step.at === "asking";
    this.#step = { at: "cancelled", code, byUs: true };
    const cancel: Outgoing = {
      step: "cancel",
      content: cancelContent(this.form, code),
      to: "partner",
    };
    // Nobody answered yet: all that were asked are told.
    return wasAsking && this.form.kind === "to-device" && this.#partnerDevice === undefined
      ? [{ ...cancel, to: "others" }]
      : [cancel];
  }

  #tellOthers(code: CancelCode): Outgoing {
    return { step: "cancel", content: cancelContent(this.form, code), to: "others" };
  }

  /** WebCrypto answers later; meanwhile the next call waits. */
  #inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}

function isSame(a: string, b: unknown): boolean {
  return typeof b === "string" && equalInConstantTime(encodeUTF8(a), encodeUTF8(b));
}

function stateOf(step: Step, partnerDevice: string | undefined): VerificationState {
  switch (step.at) {
    case "asking":
      return { phase: "asking" };
    case "asked":
      return { phase: "asked", isPossible: step.request.methods.includes(sasMethod) };
    case "ready":
    case "started":
    case "accepted":
    case "keyed":
      return { phase: "preparing" };
    case "comparing":
      return { phase: "comparing", shown: step.shown, hasEmoji: step.agreed.hasEmoji };
    case "confirmed":
      return { phase: "waiting" };
    case "done":
      return { phase: "done", deviceID: partnerDevice ?? "", verified: step.verified };
    case "cancelled":
      return { phase: "cancelled", code: step.code, byUs: step.byUs };
  }
}
