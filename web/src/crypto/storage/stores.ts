import type { Database, Layout, StoreLayout, Transaction } from "../../platform/Database.ts";
import type { StoredInboundGroupSession } from "../megolm/InboundGroupSession.ts";
import type { StoredOutboundGroupSession } from "../megolm/OutboundGroupSession.ts";
import type { DeviceTrust } from "../devices/IdentityKeeper.ts";
import type { DeviceID, EventID, KeyText, RoomID, Timestamp, UserID } from "../names.ts";
import type { IdentityKeys } from "../olm/IdentityKeys.ts";
import type { StoredSession } from "../olm/storedSession.ts";
import type { JsonObject } from "../../platform/json.ts";

/**
 * What the cryptography of one device keeps. Laid out so that it can be part of a larger database:
 * what a sync brings is stored in one transaction with the sync's own token.
 *
 * No awaiting of WebCrypto inside a transaction: IndexedDB would end it.
 *
 * Each store has one writer, named here.
 */
export type CryptoStores = {
  /** `Account`. */
  cryptoAccount: AccountRecord;
  /** `OneTimeKeys`. */
  oneTimeKeys: OneTimeKeyRecord;
  /** `DeviceLists`. */
  people: PersonRecord;
  /** `OlmChannels`. */
  olmSessions: OlmSessionRecord;
  /** `Repairs`. */
  repairs: RepairRecord;
  /** `ToDeviceQueue`. */
  toDeviceQueue: ToDeviceRecord;
  /** `RoomKeys`. */
  roomKeys: RoomKeyRecord;
  /** `RoomKeys`. */
  withheld: WithheldRecord;
  /** `RoomDecryption`. */
  readIndices: ReadIndexRecord;
  /** `KeyRequests`. */
  keyRequests: KeyRequestRecord;
  /** `RoomEncryption`. */
  outboundSessions: OutboundRecord;
};

export const cryptoLayout: Layout<CryptoStores> = {
  cryptoAccount: kept("name"),
  oneTimeKeys: kept("publicKey"),
  people: kept("userID", { byState: ["state"] }),
  olmSessions: kept(["theirIdentityKey", "id"]),
  repairs: kept("theirIdentityKey", { byState: ["state"] }),
  toDeviceQueue: kept("order"),
  roomKeys: kept(["roomID", "id"], { byBackup: ["backup", "roomID", "id"] }),
  withheld: kept(["roomID", "sessionID"]),
  readIndices: kept(["roomID", "sessionID", "index"]),
  keyRequests: kept(["roomID", "sessionID"]),
  outboundSessions: kept("roomID", { byDebts: ["debts"] }),
};

/** No server could give any of it again. */
function kept(key: StoreLayout["key"], indexes: StoreLayout["indexes"] = {}): StoreLayout {
  return { key, indexes, isIrreplaceable: true };
}

export type CryptoTransaction = Transaction<CryptoStores>;
export type CryptoDatabase = Database<CryptoStores>;

/** Writes that were prepared outside, to be carried out in somebody's transaction. */
export type Write = (tx: CryptoTransaction) => Promise<void>;

/** All stores, for transactions that carry out a `Write`. */
export const cryptoStores = Object.keys(cryptoLayout) as readonly (keyof CryptoStores)[];

export type AccountRecord = {
  readonly name: "account";
  readonly userID: UserID;
  readonly deviceID: DeviceID;
  readonly identity: IdentityKeys;
  /** Seals whatever must be bytes. Cannot leave the browser. */
  readonly sealingKey: CryptoKey;
  /** The server has our device keys. */
  readonly isPublished: boolean;
};

export type OneTimeKeyRecord = {
  readonly publicKey: KeyText;
  /** What the server calls it, behind `signed_curve25519:`. */
  readonly keyID: string;
  readonly privateKey: CryptoKey;
  readonly isFallback: boolean;
  readonly isPublished: boolean;
  readonly createdTS: Timestamp;
  /** Of a fallback key: another one has taken its place. */
  readonly replacedTS?: Timestamp;
};

export type Device = {
  readonly userID: UserID;
  readonly deviceID: DeviceID;
  readonly curve25519: KeyText;
  readonly ed25519: KeyText;
  readonly algorithms: readonly string[];
  readonly displayName?: string;
  readonly trust: DeviceTrust;
  /** As published: what signatures are of. */
  readonly object: JsonObject;
};

export type PersonRecord = {
  readonly userID: UserID;
  /** `outdated` and `current` are followed; of `left` only what was seen last is known. */
  readonly state: "outdated" | "current" | "left";
  /** Raised whenever something changed: an answer to what was asked before then does not count. */
  readonly changes: number;
  /** Their server did not answer; not asked again before then. */
  readonly retryTS?: Timestamp;
  readonly devices: readonly Device[];
  /** What the keeper of identities remembers of this person. */
  readonly identity?: JsonObject;
};

export type OlmSessionRecord = StoredSession & {
  /**
   * The signing key of the device at the other end: of the one whose one-time key opened it, or as
   * its first message said. Whoever publishes another's Curve25519 key has another one. Absent:
   * no message said; not to be written to.
   */
  readonly theirEd25519?: KeyText;
  readonly createdTS: Timestamp;
  /** When a message came by it last, or when it was made. The newest one is written to. */
  readonly usedTS: Timestamp;
};

export type RepairRecord = {
  readonly theirIdentityKey: KeyText;
  readonly userID: UserID;
  /** `waiting`: a new session is to be opened. */
  readonly state: "waiting" | "done";
  /** When a new one was opened last; zero: never. */
  readonly openedTS: Timestamp;
};

export type ToDeviceRecord = {
  readonly order: number;
  readonly txnID: string;
  readonly type: string;
  readonly messages: ToDeviceMessages;
};

/** By user, then by device. */
export type ToDeviceMessages = {
  readonly [userID: UserID]: { readonly [deviceID: DeviceID]: JsonObject };
};

/**
 * Where a room key came from. `own` and `room_key`: from the device that made it, over Olm. All
 * others vouch for the key no more than whoever gave it.
 */
export type KeySource = "own" | "room_key" | "forwarded" | "backup" | "file" | "bundle";

export type RoomKeyRecord = StoredInboundGroupSession & {
  readonly roomID: RoomID;
  readonly source: KeySource;
  /** Who made it: as the Olm channel proved it, else unknown. */
  readonly senderUserID?: UserID;
  /** Who gave it, when it came in a bundle. */
  readonly givenBy?: UserID;
  readonly senderKey: KeyText;
  readonly claimedEd25519: KeyText;
  /**
   * Others who sent the same session as theirs: whoever is given a key can pass it on so. Whose
   * it is, the sender of each event tells; none can write in it but its maker.
   */
  readonly rivals: readonly Owner[];
  readonly forwardingChain: readonly KeyText[];
  /** Its maker agreed that newcomers read it. */
  readonly isShareable: boolean;
  readonly backup: "waiting" | "done";
};

/** Who sent a session as theirs, by Olm. */
export type Owner = {
  readonly senderUserID: UserID;
  readonly senderKey: KeyText;
  readonly claimedEd25519: KeyText;
};

export type WithheldRecord = {
  readonly roomID: RoomID;
  readonly sessionID: KeyText;
  readonly code: string;
  readonly reason?: string;
};

export type ReadIndexRecord = {
  readonly roomID: RoomID;
  readonly sessionID: KeyText;
  readonly index: number;
  readonly eventID: EventID;
  readonly ts: Timestamp;
};

export type KeyRequestRecord = {
  readonly roomID: RoomID;
  readonly sessionID: KeyText;
  readonly requestID: string;
  readonly askedTS: Timestamp;
};

export type OutboundRecord = StoredOutboundGroupSession & {
  readonly roomID: RoomID;
  readonly createdTS: Timestamp;
  readonly isShareable: boolean;
  /** Somebody may have the key who is not to read on: the next message begins another session. */
  readonly isOver: boolean;
  /** 1 when some device was told something else than the key. */
  readonly debts: 0 | 1;
  /** The readers of this session, each with the index of the first message that is theirs to read. */
  readonly since: ReadonlyMap<UserID, number>;
  /** What each device was told, by `deviceName`. */
  readonly told: ReadonlyMap<string, Told>;
};

export type Told = {
  readonly userID: UserID;
  readonly deviceID: DeviceID;
  readonly curve25519: KeyText;
  /**
   * `key`: it can read from `index` on. `owed`: the key was sent and lost, and is due again.
   * Otherwise the code with which it was withheld.
   */
  readonly what: "key" | "owed" | "m.unverified" | "m.no_olm";
  readonly index: number;
  /** When, for what is tried again. */
  readonly ts: Timestamp;
};
