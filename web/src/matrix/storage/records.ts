import type { JsonObject } from "../api/json.ts";
import type {
  EventID,
  FailureCode,
  HistoryVisibility,
  JoinRule,
  MediaURI,
  Membership,
  Preferences,
  Profile,
  RoomID,
  ServerLimits,
  Timestamp,
  UserID,
} from "../contract.ts";

/** What the engine keeps of a room, apart from its events, members and receipts. */
export type RoomRecord = {
  readonly id: RoomID;
  readonly membership: Membership;
  readonly facts: RoomFacts;
  readonly heroes: readonly UserID[];
  readonly joinedCount: number;
  readonly invitedCount: number;
  /** The names that the list of rooms needs, so that it can be drawn without any other store. */
  readonly faces: readonly Face[];
  readonly unreadCount: number;
  readonly highlightCount: number;
  readonly isMarkedUnread: boolean;
  readonly isFavourite: boolean;
  readonly isLowPriority: boolean;
  /** The `m.fully_read` marker. */
  readonly fullyRead?: EventID;
  /** This person's own receipt, public or private, whichever is newer. */
  readonly ownReceipt?: EventID;
  readonly preview?: EventRecord;
  /** The newest edit of it, where that is encrypted; other edits are in it already. */
  readonly previewEdit?: EventRecord;
  readonly activityTS: Timestamp;
  /** Oldest first; the last one is the live one. Never empty. */
  readonly chunks: readonly Chunk[];
  readonly invitation?: Invitation;
  /** The whole list of members has been fetched since the last gap in the state. */
  readonly hasAllMembers: boolean;
};

export type Face = { readonly id: UserID; readonly name?: string; readonly avatar?: MediaURI };

export type Invitation = {
  readonly by: UserID;
  readonly reason?: string;
  readonly isDirect: boolean;
};

/**
 * An unbroken run of events. Positions in it ascend from 0 for what sync brings, and descend from
 * -1 for what is fetched backwards.
 */
export type Chunk = {
  readonly number: number;
  /** Where to go on backwards. Absent: at the start of the room, or joined to the chunk before. */
  readonly prevToken?: string;
  /** The position of its first event, and the one after its last. */
  readonly first: number;
  readonly end: number;
};

/** What a room's state says, as far as we act on it. */
export type RoomFacts = {
  readonly name?: string;
  readonly topic?: string;
  readonly avatar?: MediaURI;
  readonly alias?: string;
  readonly version: string;
  readonly creators: readonly UserID[];
  readonly isSpace: boolean;
  readonly joinRule: JoinRule;
  readonly historyVisibility: HistoryVisibility;
  readonly isEncrypted: boolean;
  /** From `m.room.tombstone`. */
  readonly isReplaced: boolean;
  readonly replacedBy?: RoomID;
  /** The content of `m.room.power_levels`, as it came. Absent when there is no such event. */
  readonly power?: JsonObject;
};

export type EventRecord = {
  readonly roomID: RoomID;
  readonly chunk: number;
  readonly index: number;
  readonly id: EventID;
  readonly type: string;
  readonly sender: UserID;
  readonly ts: Timestamp;
  readonly stateKey?: string;
  /** As it came: read it with the functions of `api/json.ts` only. */
  readonly content: JsonObject;
  readonly prevContent?: JsonObject;
  /** What was sent was no object, or lacked what its type must have. */
  readonly isMalformed?: true;
  readonly redaction?: { readonly by: UserID; readonly reason?: string };
  /** The event that it edits, reacts to or answers in a thread. */
  readonly relatesTo?: EventID;
  readonly relType?: string;
  /** Only of our own: the transaction that sent it. */
  readonly txnID?: string;
  /** The newest edit that the server knew of when it gave us the event. */
  readonly bundledEdit?: EditRecord;
};

export type EditRecord = {
  readonly id: EventID;
  readonly ts: Timestamp;
  readonly content: JsonObject;
};

export type MemberRecord = {
  readonly roomID: RoomID;
  readonly userID: UserID;
  readonly membership: Membership;
  readonly name?: string;
  readonly avatar?: MediaURI;
  /** Of the name, for joined and invited members with one: those who share it are told apart. */
  readonly skeleton?: string;
};

export type StateRecord = {
  readonly roomID: RoomID;
  readonly type: string;
  readonly stateKey: string;
  readonly eventID: EventID;
  readonly content: JsonObject;
};

export type ReceiptRecord = {
  readonly roomID: RoomID;
  readonly userID: UserID;
  readonly eventID: EventID;
  readonly ts: Timestamp;
};

export type AccountDataRecord = { readonly type: string; readonly content: JsonObject };

/** Something that is to be sent, or was sent and has not come back by sync yet. */
export type QueueRecord = {
  /** Ascending in the order of sending. */
  readonly order: number;
  /** The transaction ID: the server accepts it once, however often we try. */
  readonly key: string;
  readonly roomID: RoomID;
  readonly createdTS: Timestamp;
  readonly request: QueuedRequest;
  readonly state: "waiting" | "sent" | "failed";
  /** With `sent`. */
  readonly eventID?: EventID;
  /** What leaves in its place, once it is encrypted: as it is, however often it takes. */
  readonly sealed?: JsonObject;
  /** With `failed`. */
  readonly failure?: { readonly code: FailureCode; readonly message: string };
};

export type QueuedRequest =
  | {
    readonly kind: "event";
    readonly type: string;
    readonly content: JsonObject;
    /** Of a file that went up as it is: it goes up again if the room is encrypted meanwhile. */
    readonly file?: Blob;
  }
  | { readonly kind: "redaction"; readonly target: EventID; readonly reason?: string }
  /** Becomes an `event` once `file` is uploaded. `content` lacks its `url` alone. */
  | { readonly kind: "file"; readonly file: Blob; readonly content: JsonObject };

/** Single values, by name. */
export type MetaRecord =
  /** Raised by each engine that starts: one that finds another number here has been replaced. */
  | { readonly name: "epoch"; readonly value: number }
  | { readonly name: "syncToken"; readonly value: string }
  | { readonly name: "profile"; readonly value: Profile }
  | { readonly name: "limits"; readonly value: ServerLimits }
  | { readonly name: "preferences"; readonly value: Preferences }
  /** The server knows keys of devices. */
  | { readonly name: "encryption"; readonly value: boolean }
  | { readonly name: "writesToUnconfirmed"; readonly value: boolean };

/** What opens the account's messages, sealed under the key of this device. */
export type SecretRecord = {
  readonly name: "secrets" | "newKeys";
  readonly sealed: Uint8Array<ArrayBuffer>;
};

/** The one signed-in session of this browser profile, in a database of its own. */
export type SessionRecord = {
  readonly name: "session";
  readonly baseURL: string;
  readonly userID: UserID;
  readonly deviceID: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresTS?: Timestamp;
  /** The server has asked for the password again. */
  readonly isLocked: boolean;
};

/** Tokens that are to be ended on the server, when it can be reached. */
export type FarewellRecord = {
  readonly name: `farewell ${string}`;
  readonly baseURL: string;
  readonly accessToken: string;
};

/** Which server the person chose, other than the page's own. */
export type ChoiceRecord = { readonly name: "server"; readonly baseURL: string };
