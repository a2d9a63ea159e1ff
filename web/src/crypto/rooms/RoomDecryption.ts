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
    const reading = new Reading(keys, this.lists);
    const outcomes: Outcome[] = [];
    const indices = new Map<string, ReadIndexRecord>();
    for (let start = 0; start < events.length; start += atOnce) {
      const some = await Promise.all(
        events.slice(start, start + atOnce).map((event) => reading.read(event)),
      );
      const before = await this.#indices(some);
      for (const [position, { outcome, index }] of some.entries()) {
        const name = index === undefined ? "" : indexKey(index).join("\n");
        const first = indices.get(name) ?? before[position];
        // One event may be read as often as one likes; a second one with its message is a replay.
        const isReplay = index !== undefined && first !== undefined &&
          (first.eventID !== index.eventID || first.ts !== index.ts);
        if (index !== undefined && first === undefined) indices.set(name, index);
        outcomes.push(isReplay ? unreadable("replayed", index.sessionID) : outcome);
      }
    }
    return {
      outcomes,
      write: (tx) => indices.forEach((record) => tx.put("readIndices", record)),
    };
  }

  /** - Spec: [Message replays](https://spec.matrix.org/v1.19/olm-megolm/megolm/#message-replays) */
  #indices(read: readonly Read[]): Promise<(ReadIndexRecord | undefined)[]> {
    return this.database.read(["readIndices"], (tx) => {
      return Promise.all(read.map(({ index }) => {
        return index === undefined ? undefined : tx.get("readIndices", indexKey(index));
      }));
    });
  }
}

/** What an event says, if no other had the same message: that is, at this index. */
type Read = { readonly outcome: Outcome; readonly index?: ReadIndexRecord };

class Reading {
  #devices = new Map<UserID, Promise<readonly Device[]>>();

  constructor(
    private readonly keys: RoomKeys | RoomKeyBatch,
    private readonly lists: DeviceLists,
  ) {}

  async read(event: EncryptedEvent): Promise<Read> {
    const { eventID, roomID, ts, content } = event;
    const isMegolm = stringIn(content, "algorithm") === megolmAlgorithm;
    if (!isMegolm) return { outcome: unreadable("unsupported") };
    const sessionID = stringIn(content, "session_id");
    const ciphertext = stringIn(content, "ciphertext");
    if (sessionID === undefined || ciphertext === undefined || sessionID.length > 100) {
      return { outcome: unreadable("damaged") };
    }
    const known = await this.keys.find(roomID, sessionID);
    if (known === undefined) return { outcome: await this.#absent(roomID, sessionID, "missing") };
    try {
      const { plaintext, index } = await known.session.decrypt(ciphertext);
      const payload = JSON.parse(decodeUTF8(plaintext)) as unknown;
      const outcome = await this.#outcome(event, known, payload);
      return { outcome, index: { roomID, sessionID, index, eventID, ts } };
    } catch (error) {
      if (error instanceof CryptoError && error.code === "UNKNOWN_INDEX") {
        return { outcome: await this.#absent(roomID, sessionID, "too-early") };
      }
      if (!(error instanceof CryptoError || error instanceof SyntaxError)) throw error;
      return { outcome: unreadable("damaged", sessionID) };
    }
  }

  async #absent(
    roomID: RoomID,
    sessionID: KeyText,
    otherwise: "missing" | "too-early",
  ): Promise<Outcome> {
    const withheld = await this.keys.withheld(roomID, sessionID);
    if (withheld === undefined) return unreadable(otherwise, sessionID);
    return { kind: "unreadable", reason: { kind: "withheld", code: withheld.code }, sessionID };
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
    // Whoever made the session writes in it, and nobody else.
    const isProven = record.senderUserID !== undefined;
    const owner = !isProven || record.senderUserID === event.sender
      ? record
      : record.rivals.find((rival) => rival.senderUserID === event.sender);
    if (owner === undefined) return unreadable("forged", record.id);
    const { senderKey, claimedEd25519 } = owner;
    const device = deviceWith(await this.#devicesOf(event.sender), senderKey, claimedEd25519);
    if (device !== undefined && device.ed25519 !== claimedEd25519) {
      return unreadable("forged", record.id);
    }
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

function indexKey({ roomID, sessionID, index }: ReadIndexRecord) {
  return [roomID, sessionID, index] as const;
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
