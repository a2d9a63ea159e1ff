import type { Clock } from "../../platform/Clock.ts";
import { field, type JsonObject, objectIn, optional, stringIn } from "../../platform/json.ts";
import type { Account } from "../Account.ts";
import { KeyedQueue } from "../KeyedQueue.ts";
import type { KeyServer } from "../KeyServer.ts";
import { type DeviceID, type KeyText, olmAlgorithm, type UserID } from "../names.ts";
import type { OneTimeKeys } from "../OneTimeKeys.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { verifyJSON } from "../primitives/signedJSON.ts";
import type {
  CryptoDatabase,
  CryptoTransaction,
  Device,
  OlmSessionRecord,
  OneTimeKeyRecord,
} from "../storage/stores.ts";
import type { ToDevice } from "../todevice/ToDeviceQueue.ts";
import { messageBytes, type OlmMessage, readPreKeyMessage } from "./messages.ts";
import { writePayload } from "./payload.ts";
import {
  acceptSession,
  decrypt,
  type Decrypted,
  encrypt,
  openSession,
  type Session,
  sessionIDOf,
} from "./Session.ts";
import { restoreSession, storeSession } from "./storedSession.ts";

/** Sessions that are kept with one device; those unused for longest go first. */
const maxSessions = 8;

/** Devices in one request for one-time keys. */
const claimBatch = 200;

/**
 * The Olm sessions with other devices.
 *
 * All that happens to sessions happens in a batch: on copies, in the queue of the devices it
 * concerns, and stored by the transaction that stores whatever came of it.
 */
export class OlmChannels {
  #queue = new KeyedQueue();

  constructor(
    private readonly database: CryptoDatabase,
    private readonly server: KeyServer,
    readonly account: Account,
    private readonly oneTimeKeys: OneTimeKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` on the sessions with these devices, while nobody else does. Its last step is to
   * have the batch stored.
   */
  batch<T>(
    theirIdentityKeys: Iterable<KeyText>,
    work: (batch: OlmBatch) => Promise<T>,
  ): Promise<T> {
    return this.#queue.run(theirIdentityKeys, () => {
      return work(new OlmBatch(this.database, this.account, this.oneTimeKeys, this.clock));
    });
  }

  /** Those of these devices with which there is no session yet. */
  async withoutSession(devices: readonly Device[]): Promise<readonly Device[]> {
    const sessions = await this.database.read(["olmSessions"], (tx) => {
      return Promise.all(devices.map(({ curve25519 }) => {
        return tx.getAll("olmSessions", { lower: [curve25519], upper: [curve25519, []] });
      }));
    });
    return devices.filter((device, index) => {
      return !sessions[index]?.some((session) => session.theirEd25519 === device.ed25519);
    });
  }

  /**
   * Claims a one-time key of each device.
   *
   * - Returns: By Ed25519 key of the device, those that were given and are signed by it.
   * - Throws: When our own server does not answer.
   */
  async claim(devices: readonly Device[]): Promise<ReadonlyMap<KeyText, Bytes>> {
    const claimed = new Map<KeyText, Bytes>();
    for (let start = 0; start < devices.length; start += claimBatch) {
      const some = devices.slice(start, start + claimBatch);
      const wanted = new Map<UserID, DeviceID[]>();
      for (const { userID, deviceID } of some) {
        wanted.set(userID, [...wanted.get(userID) ?? [], deviceID]);
      }
      const answer = await this.server.claim(wanted);
      await Promise.all(some.map(async (device) => {
        const key = await readClaimed(device, answer);
        if (key !== undefined) claimed.set(device.ed25519, key);
      }));
    }
    return claimed;
  }
}

/** What a message said, and whether it opened a session that was not there before. */
export type Opened = {
  readonly plaintext: Bytes;
  readonly isNewSession: boolean;
  readonly sessionID: string;
};

type Entry = {
  readonly session: Session;
  readonly createdTS: number;
  readonly usedTS: number;
  readonly theirEd25519?: KeyText;
};

/** Changes to sessions that are not stored yet. Later steps see those before them. */
export class OlmBatch {
  #sessions = new Map<KeyText, Entry[]>();
  #changed = new Map<string, OlmSessionRecord>();
  #dropped = new Map<string, readonly [KeyText, string]>();
  #usedKeys = new Map<KeyText, OneTimeKeyRecord>();
  /** Two devices can publish the same keys; they must not use one ratchet at once. */
  #queue = new KeyedQueue();

  constructor(
    private readonly database: CryptoDatabase,
    private readonly account: Account,
    private readonly oneTimeKeys: OneTimeKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * - Throws: `UNKNOWN_KEY`, `BAD_MAC` where no session fits; `USED_UP` for a message that was
   *   read before; and whatever else `decrypt` throws.
   */
  async decrypt(senderKey: KeyText, message: OlmMessage): Promise<Opened> {
    const sessions = await this.#sessionsWith(senderKey);
    if (message.type === 1) {
      let failure: unknown = new CryptoError("BAD_MAC", "no session with that device");
      for (const { session } of sessions) {
        try {
          return await this.#opened(await decrypt(session, message), false);
        } catch (error) {
          if (!(error instanceof CryptoError)) throw error;
          // One that has used the key up was the right one.
          if (error.code === "USED_UP") throw error;
          failure = error;
        }
      }
      throw failure;
    }
    const opening = readPreKeyMessage(messageBytes(message.body));
    if (encodeBase64(opening.identityKey) !== senderKey) {
      throw new CryptoError("BAD_FORMAT", "opened by another device");
    }
    const id = await sessionIDOf(opening);
    const known = sessions.find(({ session }) => session.id === id);
    if (known !== undefined) {
      return await this.#opened(await decrypt(known.session, message), false);
    }
    const name = encodeBase64(opening.oneTimeKey);
    const key = this.#usedKeys.has(name) ? undefined : await this.oneTimeKeys.find(name);
    if (key === undefined) throw new CryptoError("UNKNOWN_KEY", "no such one-time key any more");
    const ours = this.account.identity.curve25519;
    const accepted = await acceptSession(ours, key.privateKey, opening);
    if (!key.isFallback) this.#usedKeys.set(name, key);
    return await this.#opened(accepted, true);
  }

  /**
   * A message to a device, on the session that was heard of last.
   *
   * - Parameter claimed: A one-time key of theirs. Opens a session where there is none, or always
   *   with `isNew`.
   * - Returns: Undefined when there is neither a session nor a key.
   */
  encrypt(
    device: Device,
    deviceKeys: JsonObject,
    type: string,
    content: JsonObject,
    claimed?: Bytes,
    isNew = false,
  ): Promise<ToDevice | undefined> {
    const plaintext = writePayload(this.account, deviceKeys, device, type, content);
    return this.#queue.run([device.curve25519], () => {
      return this.#encrypt(device, plaintext, claimed, isNew);
    });
  }

  /** A message that was found to be true said whose session it is. What was said first counts. */
  async attribute(senderKey: KeyText, sessionID: string, ed25519: KeyText): Promise<void> {
    const entry = (await this.#sessionsWith(senderKey)).find(({ session }) => {
      return session.id === sessionID;
    });
    if (entry === undefined || entry.theirEd25519 !== undefined) return;
    await this.#keep(entry.session, false, ed25519);
  }

  /** Stores all of it. Once, as the end of the batch; `olmSessions` and `oneTimeKeys`. */
  write(tx: CryptoTransaction): void {
    for (const record of this.#changed.values()) tx.put("olmSessions", record);
    for (const key of this.#dropped.values()) tx.delete("olmSessions", key);
    for (const key of this.#usedKeys.values()) this.oneTimeKeys.remove(tx, key);
  }

  async #encrypt(
    device: Device,
    plaintext: Bytes,
    claimed: Bytes | undefined,
    isNew: boolean,
  ): Promise<ToDevice | undefined> {
    const newest = (await this.#sessionsWith(device.curve25519)).find((entry) => {
      return entry.theirEd25519 === device.ed25519;
    });
    const ours = this.account.identity.curve25519;
    let session = isNew ? undefined : newest?.session;
    if (session === undefined && claimed !== undefined) {
      session = await openSession(ours, decodeBase64Exactly(32, device.curve25519), claimed);
    }
    if (session === undefined) return undefined;
    const encrypted = await encrypt(session, plaintext);
    await this.#keep(encrypted.session, false, device.ed25519);
    return {
      userID: device.userID,
      deviceID: device.deviceID,
      type: "m.room.encrypted",
      content: {
        algorithm: olmAlgorithm,
        sender_key: this.account.curve25519,
        ciphertext: { [device.curve25519]: encrypted.message },
      },
    };
  }

  async #opened({ session, plaintext }: Decrypted, isNewSession: boolean): Promise<Opened> {
    await this.#keep(session, true);
    return { plaintext, isNewSession, sessionID: session.id };
  }

  /** The newest first. */
  async #sessionsWith(theirIdentityKey: KeyText) {
    const known = this.#sessions.get(theirIdentityKey);
    if (known !== undefined) return known;
    const records = await this.database.read(["olmSessions"], (tx) => {
      const range = { lower: [theirIdentityKey], upper: [theirIdentityKey, []] };
      return tx.getAll("olmSessions", range);
    });
    const sessions = await Promise.all(records.map(async (record) => ({
      session: await restoreSession(record, this.account.sealingKey),
      createdTS: record.createdTS,
      usedTS: record.usedTS,
      ...optional("theirEd25519", record.theirEd25519),
    })));
    sessions.sort((a, b) => b.usedTS - a.usedTS);
    this.#sessions.set(theirIdentityKey, sessions);
    return sessions;
  }

  async #keep(session: Session, isHeardOf: boolean, ed25519?: KeyText): Promise<void> {
    const theirs = encodeBase64(session.theirIdentityKey);
    const sessions = await this.#sessionsWith(theirs);
    const index = sessions.findIndex((other) => other.session.id === session.id);
    const known = sessions[index];
    const now = this.clock.now();
    // Later than all others, also within one millisecond.
    const newestTS = Math.max(now, ...sessions.map((other) => other.usedTS + 1));
    const createdTS = known?.createdTS ?? now;
    const usedTS = known === undefined || isHeardOf ? newestTS : known.usedTS;
    if (index >= 0) sessions.splice(index, 1);
    const attribution = optional("theirEd25519", known?.theirEd25519 ?? ed25519);
    sessions.push({ session, createdTS, usedTS, ...attribution });
    sessions.sort((a, b) => b.usedTS - a.usedTS);
    const stored = await storeSession(session, this.account.sealingKey);
    this.#changed.set(session.id, { ...stored, createdTS, usedTS, ...attribution });
    for (const { session: old } of sessions.splice(maxSessions)) {
      this.#dropped.set(old.id, [theirs, old.id]);
    }
  }
}

/** The key that was claimed of this device, if there is one and the device signed it. */
async function readClaimed(device: Device, answer: unknown): Promise<Bytes | undefined> {
  const keys = objectIn(field(field(answer, "one_time_keys"), device.userID), device.deviceID);
  const [entry] = Object.entries(keys ?? {}).filter(([id]) => id.startsWith("signed_curve25519:"));
  const object = objectIn(keys, entry?.[0] ?? "");
  const text = stringIn(object, "key");
  if (object === undefined || text === undefined) return undefined;
  try {
    const signer = decodeBase64Exactly(32, device.ed25519);
    await verifyJSON(object, device.userID, `ed25519:${device.deviceID}`, signer);
    return decodeBase64Exactly(32, text);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
