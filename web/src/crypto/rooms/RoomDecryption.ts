import { field, type JsonObject, objectIn, stringIn } from "../../platform/json.ts";
import { type DeviceLists, deviceWith } from "../devices/DeviceLists.ts";
import type { DeviceTrust } from "../devices/IdentityKeeper.ts";
import {
  type DeviceID,
  type EventID,
  type KeyText,
  megolmAlgorithm,
  type RoomID,
  type Timestamp,
  type UserID,
} from "../names.ts";
import { decodeUTF8 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type {
  CryptoDatabase,
  CryptoTransaction,
  Device,
  ReadIndexRecord,
} from "../storage/stores.ts";
import type { KnownSession, RoomKeyBatch, RoomKeys } from "./RoomKeys.ts";

/** An event of type `m.room.encrypted` as it came. */
export type EncryptedEvent = {
  readonly eventID: EventID;
  readonly roomID: RoomID;
  readonly sender: UserID;
  readonly ts: Timestamp;
  readonly content: JsonObject;
};

export type Outcome =
  | {
    readonly kind: "readable";
    readonly type: string;
    readonly content: JsonObject;
    readonly origin: Origin;
  }
  | { readonly kind: "unreadable"; readonly reason: Unreadable; readonly sessionID?: KeyText };

/** Who wrote it, as far as it can be known. */
export type Origin = {
  /**
   * Of the device whose session it is; `unauthenticated`: the key came by another way than from
   * its maker, and nobody but whoever gave it says whose it is.
   */
  readonly trust: DeviceTrust | "unauthenticated";
  readonly deviceID?: DeviceID;
  /** Who gave the key in a bundle. */
  readonly givenBy?: UserID;
};

/**
 * - `missing`: the key is not here yet; it may come.
 * - `withheld`: its sender said that it will not come: `code` says why.
 * - `too-early`: the key reads only what was written later.
 * - `damaged`: no key would open it.
 * - `replayed`: another event had the very same message.
 * - `forged`: it is not by whom or for the room that the server says.
 * - `unsupported`: of an algorithm that we do not know.
 */
export type Unreadable =
  | { readonly kind: "withheld"; readonly code: string }
  | { readonly kind: "missing" | "too-early" | "damaged" | "replayed" | "forged" | "unsupported" };

/** Events that are decrypted at once. */
const atOnce = 64;

/** Reads encrypted events of rooms. */
export class RoomDecryption {
  constructor(
    private readonly database: CryptoDatabase,
    private readonly keys: RoomKeys,
    private readonly lists: DeviceLists,
  ) {}

  /**
   * Reads events whose outcome is not stored; which message indices they had is remembered.
   *
   * - Returns: One outcome for each event, in their order.
   */
  async decrypt(events: readonly EncryptedEvent[]): Promise<readonly Outcome[]> {
    const { outcomes, write } = await this.prepare(events, this.keys);
    await this.database.write(["readIndices"], (tx) => Promise.resolve(write(tx)));
    return outcomes;
  }

  /** The same, for somebody's transaction on `readIndices`. */
  async prepare(
    events: readonly EncryptedEvent[],
    keys: RoomKeys | RoomKeyBatch,
  ): Promise<{ outcomes: readonly Outcome[]; write: (tx: CryptoTransaction) => void }> {
    const reading = new Reading(this.database, keys, this.lists);
    const outcomes: Outcome[] = [];
    for (let start = 0; start < events.length; start += atOnce) {
      const some = events.slice(start, start + atOnce);
      outcomes.push(...await Promise.all(some.map((event) => reading.read(event))));
    }
    return { outcomes, write: (tx) => reading.write(tx) };
  }
}

class Reading {
  #indices = new Map<string, ReadIndexRecord>();
  #devices = new Map<UserID, Promise<readonly Device[]>>();

  constructor(
    private readonly database: CryptoDatabase,
    private readonly keys: RoomKeys | RoomKeyBatch,
    private readonly lists: DeviceLists,
  ) {}

  async read(event: EncryptedEvent): Promise<Outcome> {
    if (stringIn(event.content, "algorithm") !== megolmAlgorithm) return unreadable("unsupported");
    const sessionID = stringIn(event.content, "session_id");
    const ciphertext = stringIn(event.content, "ciphertext");
    if (sessionID === undefined || ciphertext === undefined || sessionID.length > 100) {
      return unreadable("damaged");
    }
    const known = await this.keys.find(event.roomID, sessionID);
    if (known === undefined) return await this.#absent(event.roomID, sessionID);
    try {
      const { plaintext, index } = await known.session.decrypt(ciphertext);
      if (!await this.#isFirst(event, sessionID, index)) return unreadable("replayed", sessionID);
      const payload = JSON.parse(decodeUTF8(plaintext)) as unknown;
      return await this.#outcome(event, known, payload);
    } catch (error) {
      if (error instanceof SyntaxError) return unreadable("damaged", sessionID);
      if (!(error instanceof CryptoError)) throw error;
      if (error.code !== "UNKNOWN_INDEX") return unreadable("damaged", sessionID);
      const withheld = await this.keys.withheld(event.roomID, sessionID);
      return withheld === undefined
        ? unreadable("too-early", sessionID)
        : { kind: "unreadable", reason: { kind: "withheld", code: withheld.code }, sessionID };
    }
  }

  write(tx: CryptoTransaction): void {
    for (const record of this.#indices.values()) tx.put("readIndices", record);
  }

  async #absent(roomID: RoomID, sessionID: KeyText): Promise<Outcome> {
    const withheld = await this.keys.withheld(roomID, sessionID);
    if (withheld === undefined) return unreadable("missing", sessionID);
    return { kind: "unreadable", reason: { kind: "withheld", code: withheld.code }, sessionID };
  }

  /**
   * Whether no other event had this message. One event may be read as often as one likes.
   *
   * - Spec: [Message replays](https://spec.matrix.org/v1.19/olm-megolm/megolm/#message-replays)
   */
  async #isFirst(event: EncryptedEvent, sessionID: KeyText, index: number): Promise<boolean> {
    const { eventID, roomID, ts } = event;
    const key = [roomID, sessionID, index];
    const stored = await this.database.read(["readIndices"], (tx) => tx.get("readIndices", key));
    const name = key.join("\n");
    const before = this.#indices.get(name) ?? stored;
    if (before !== undefined) return before.eventID === eventID && before.ts === ts;
    this.#indices.set(name, { roomID, sessionID, index, eventID, ts });
    return true;
  }

  async #outcome(
    event: EncryptedEvent,
    { record }: KnownSession,
    payload: unknown,
  ): Promise<Outcome> {
    const type = stringIn(payload, "type");
    const content = objectIn(payload, "content");
    if (type === undefined || content === undefined) return unreadable("damaged", record.id);
    if (stringIn(payload, "room_id") !== event.roomID) return unreadable("forged", record.id);
    const devices = await this.#devicesOf(event.sender);
    const device = deviceWith(devices, record.senderKey, record.claimedEd25519);
    // Whoever made the session writes in it, and nobody else.
    const isForged = record.senderUserID !== undefined && record.senderUserID !== event.sender ||
      device !== undefined && device.ed25519 !== record.claimedEd25519;
    if (isForged) return unreadable("forged", record.id);
    const isProven = record.senderUserID !== undefined;
    return {
      kind: "readable",
      type,
      content: withRelation(content, field(event.content, "m.relates_to")),
      origin: {
        trust: isProven ? device?.trust ?? "unknown" : "unauthenticated",
        ...(device === undefined ? {} : { deviceID: device.deviceID }),
        ...(record.givenBy === undefined ? {} : { givenBy: record.givenBy }),
      },
    };
  }

  #devicesOf(userID: UserID): Promise<readonly Device[]> {
    const known = this.#devices.get(userID) ?? this.lists.knownDevicesOf(userID);
    this.#devices.set(userID, known);
    return known;
  }
}

/** Relations are not encrypted: the server gathers by them. What is inside does not count. */
function withRelation(content: JsonObject, relation: unknown): JsonObject {
  const { "m.relates_to": _, ...rest } = content;
  return relation === undefined ? rest : { ...rest, "m.relates_to": relation };
}

function unreadable(
  kind: Exclude<Unreadable["kind"], "withheld">,
  sessionID?: KeyText,
): Outcome {
  return {
    kind: "unreadable",
    reason: { kind },
    ...(sessionID === undefined ? {} : { sessionID }),
  };
}
