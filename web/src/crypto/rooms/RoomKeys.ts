import { KeyedQueue } from "../KeyedQueue.ts";
import {
  InboundGroupSession,
  restoreInbound,
  storeInbound,
} from "../megolm/InboundGroupSession.ts";
import type { SessionKey } from "../megolm/sessionKey.ts";
import type { KeyText, RoomID, UserID } from "../names.ts";
import type {
  CryptoDatabase,
  CryptoTransaction,
  KeySource,
  Owner,
  RoomKeyRecord,
  WithheldRecord,
} from "../storage/stores.ts";

/** Sessions held ready in memory. */
const maxReady = 500;

/** A room key that came in, with all that is known of where it came from. */
export type RoomKey = {
  readonly roomID: RoomID;
  readonly key: SessionKey;
  readonly source: KeySource;
  readonly senderUserID?: UserID;
  readonly givenBy?: UserID;
  readonly senderKey: KeyText;
  readonly claimedEd25519: KeyText;
  readonly forwardingChain: readonly KeyText[];
  readonly isShareable: boolean;
};

export type KnownSession = {
  readonly record: RoomKeyRecord;
  readonly session: InboundGroupSession;
};

/** Which sessions can be read, or read from an earlier index on. */
export type SessionName = { readonly roomID: RoomID; readonly sessionID: KeyText };

/** The Megolm sessions that this device can read. */
export class RoomKeys {
  #queue = new KeyedQueue();
  #ready = new Map<string, KnownSession>();

  constructor(private readonly database: CryptoDatabase, private readonly sealingKey: CryptoKey) {}

  /** Runs `work`, which adds keys and has the batch stored, while nobody else adds any. */
  batch<T>(work: (batch: RoomKeyBatch) => Promise<T>): Promise<T> {
    return this.#queue.run(["all"], async () => {
      const batch = new RoomKeyBatch(this, this.sealingKey);
      try {
        return await work(batch);
      } finally {
        // Stored or not: the database knows.
        for (const { roomID, sessionID } of batch.added) {
          this.#ready.delete(name(roomID, sessionID));
        }
      }
    });
  }

  async find(roomID: RoomID, sessionID: KeyText): Promise<KnownSession | undefined> {
    const key = name(roomID, sessionID);
    const ready = this.#ready.get(key);
    if (ready !== undefined) {
      // The one that was used last is dropped last.
      this.#ready.delete(key);
      this.#ready.set(key, ready);
      return ready;
    }
    const record = await this.database.read(["roomKeys"], (tx) => {
      return tx.get("roomKeys", [roomID, sessionID]);
    });
    if (record === undefined) return undefined;
    const known = { record, session: await restoreInbound(record, this.sealingKey) };
    this.#ready.set(key, known);
    const [oldest] = this.#ready.keys();
    if (this.#ready.size > maxReady && oldest !== undefined) this.#ready.delete(oldest);
    return known;
  }

  /** Why a session was not given to us, if somebody said so. */
  withheld(roomID: RoomID, sessionID: KeyText): Promise<WithheldRecord | undefined> {
    return this.database.read(["withheld"], (tx) => tx.get("withheld", [roomID, sessionID]));
  }

  /** Some of those that the backup lacks. */
  async waitingForBackup(limit: number): Promise<readonly KnownSession[]> {
    const records = await this.database.read(["roomKeys"], (tx) => {
      const range = { lower: ["waiting"], upper: ["waiting", []] };
      return tx.getAll("roomKeys", range, { index: "byBackup", limit });
    });
    return await this.#opened(records);
  }

  countWaitingForBackup(): Promise<number> {
    return this.database.read(["roomKeys"], (tx) => {
      return tx.count("roomKeys", { lower: ["waiting"], upper: ["waiting", []] }, "byBackup");
    });
  }

  /** The backup has these, from these indices on. */
  async markBackedUp(sessions: readonly (SessionName & { firstIndex: number })[]): Promise<void> {
    await this.#mark(sessions, "done");
  }

  /** A new backup was begun: it lacks everything. */
  async markAllWaiting(): Promise<void> {
    const all = await this.database.read(["roomKeys"], (tx) => tx.getAll("roomKeys"));
    await this.#mark(all.map(({ id, ...rest }) => ({ ...rest, sessionID: id })), "waiting");
  }

  /** All sessions of a room, those that newcomers may have and the others. */
  async ofRoom(roomID: RoomID): Promise<readonly KnownSession[]> {
    const records = await this.database.read(["roomKeys"], (tx) => {
      return tx.getAll("roomKeys", { lower: [roomID], upper: [roomID, []] });
    });
    return await this.#opened(records);
  }

  async #mark(
    sessions: readonly (SessionName & { firstIndex: number })[],
    backup: "waiting" | "done",
  ): Promise<void> {
    await this.#queue.run(["all"], async () => {
      await this.database.write(["roomKeys"], async (tx) => {
        for (const { roomID, sessionID, firstIndex } of sessions) {
          const record = await tx.get("roomKeys", [roomID, sessionID]);
          // One that reads further back now is not what was backed up.
          if (record === undefined || record.firstIndex < firstIndex) continue;
          tx.put("roomKeys", { ...record, backup });
        }
      });
      this.#ready.clear();
    });
  }

  #opened(records: readonly RoomKeyRecord[]): Promise<KnownSession[]> {
    return Promise.all(records.map(async (record) => ({
      record,
      session: await restoreInbound(record, this.sealingKey),
    })));
  }
}

/** Room keys that are not stored yet. What is asked sees those that were added. */
export class RoomKeyBatch {
  #sessions = new Map<string, KnownSession>();
  #withheld = new Map<string, WithheldRecord>();

  constructor(private readonly stored: RoomKeys, private readonly sealingKey: CryptoKey) {}

  get added(): readonly SessionName[] {
    return [...this.#sessions.values()].map(({ record }) => ({
      roomID: record.roomID,
      sessionID: record.id,
    }));
  }

  async find(roomID: RoomID, sessionID: KeyText): Promise<KnownSession | undefined> {
    return this.#sessions.get(name(roomID, sessionID)) ?? await this.stored.find(roomID, sessionID);
  }

  withheld(roomID: RoomID, sessionID: KeyText): Promise<WithheldRecord | undefined> {
    const found = this.#withheld.get(name(roomID, sessionID));
    return found === undefined ? this.stored.withheld(roomID, sessionID) : Promise.resolve(found);
  }

  /**
   * - Returns: Whether anything became readable, or better vouched for.
   * - Throws: `BAD_KEY` when its signing key is none.
   */
  async add(key: RoomKey): Promise<boolean> {
    const session = await InboundGroupSession.of(key.key);
    const known = await this.find(key.roomID, session.id);
    const choice: Choice | undefined = known === undefined
      ? { session, from: key }
      : merged(known, session, key);
    if (choice === undefined) return false;
    const { from } = choice;
    const stored = await storeInbound(choice.session.key, this.sealingKey);
    const record: RoomKeyRecord = {
      ...stored,
      roomID: key.roomID,
      source: from.source,
      ...(from.senderUserID === undefined ? {} : { senderUserID: from.senderUserID }),
      ...(from.givenBy === undefined ? {} : { givenBy: from.givenBy }),
      senderKey: from.senderKey,
      claimedEd25519: from.claimedEd25519,
      rivals: choice.rivals ?? [],
      forwardingChain: from.forwardingChain,
      isShareable: from.isShareable,
      backup: key.source === "backup" && choice.session === session ? "done" : "waiting",
    };
    this.#sessions.set(name(key.roomID, session.id), { record, session: choice.session });
    return true;
  }

  /** Anybody can say so: it explains, and takes nothing away. */
  withhold(record: WithheldRecord): void {
    this.#withheld.set(name(record.roomID, record.sessionID), record);
  }

  /** Once, as the end of the batch; `roomKeys` and `withheld`. */
  write(tx: CryptoTransaction): void {
    for (const { record } of this.#sessions.values()) {
      tx.put("roomKeys", record);
      tx.delete("withheld", [record.roomID, record.id]);
    }
    for (const record of this.#withheld.values()) tx.put("withheld", record);
  }
}

/**
 * Of two that claim to be one session, the ratchet that reads more with the better provenance.
 * Undefined: what is known stays.
 *
 * Where one ratchet does not lead to the other, only one can be true: that of the device that made
 * it, which it sent by Olm.
 */
function merged(
  known: KnownSession,
  session: InboundGroupSession,
  key: RoomKey,
): Choice | undefined {
  const isBetterVouchedFor = isDirect(key) && !isDirect(known.record);
  if (!session.isSameAs(known.session)) {
    return isBetterVouchedFor ? { session, from: key } : undefined;
  }
  const readsMore = session.firstIndex < known.session.firstIndex;
  const rivals = rivalsWith(known.record, key);
  if (!readsMore && !isBetterVouchedFor && rivals === known.record.rivals) return undefined;
  return {
    session: readsMore ? session : known.session,
    from: isBetterVouchedFor ? key : known.record,
    rivals,
  };
}

type Choice = {
  readonly session: InboundGroupSession;
  readonly from: RoomKey | RoomKeyRecord;
  readonly rivals?: readonly Owner[];
};

/** Who else may say that a session is theirs; more than that are not heard. */
const maxRivals = 4;

function rivalsWith(record: RoomKeyRecord, key: RoomKey): readonly Owner[] {
  const { senderUserID, senderKey, claimedEd25519 } = key;
  if (!isDirect(key) || !isDirect(record) || senderUserID === undefined) return record.rivals;
  const isKnown = [record, ...record.rivals].some((owner) => {
    return owner.senderUserID === senderUserID && owner.senderKey === senderKey;
  });
  if (isKnown || record.rivals.length === maxRivals) return record.rivals;
  return [...record.rivals, { senderUserID, senderKey, claimedEd25519 }];
}

function isDirect({ source }: { readonly source: KeySource }): boolean {
  return source === "own" || source === "room_key";
}

function name(roomID: RoomID, sessionID: KeyText): string {
  return `${roomID}\n${sessionID}`;
}
