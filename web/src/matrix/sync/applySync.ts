import { asMediaURI } from "../api/identifiers.ts";
import { field, type JsonObject, optional, stringIn } from "../api/json.ts";
import type { EventID, Membership, RoomID, Timestamp, UserID } from "../contract.ts";
import { factsWith, noFacts, type StateEvent } from "../rooms/facts.ts";
import { cleanName, skeleton } from "../rooms/names.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { AccountStores, AccountTransaction } from "../storage/layout.ts";
import { startingWith } from "../../platform/Database.ts";
import type {
  AccountDataRecord,
  Chunk,
  EventRecord,
  Face,
  MemberRecord,
  ReceiptRecord,
  RoomRecord,
} from "../storage/records.ts";
import { isPreviewable } from "../timeline/preview.ts";
import { type Event, redacted } from "../timeline/parseEvent.ts";
import {
  isState,
  type JoinedPart,
  type Redaction,
  type StrippedPart,
  type SyncAnswer,
} from "./SyncAnswer.ts";

/** What a sync answer changed, once it is stored. */
export type SyncChange = {
  readonly rooms: readonly RoomChange[];
  readonly accountData: readonly AccountDataRecord[];
  /** Keys of the send queue that have come back as events. */
  readonly delivered: ReadonlySet<string>;
};

export type RoomChange = {
  readonly room: RoomRecord;
  /** New at the live end, oldest first. */
  readonly appended: readonly EventRecord[];
  /** Stored before, and changed: redacted. */
  readonly changed: readonly EventRecord[];
  /** All redactions, of what is not stored too. */
  readonly redactions: readonly Redaction[];
  readonly members: readonly MemberRecord[];
  readonly receipts: readonly ReceiptRecord[];
  /** Absent: unchanged. */
  readonly typing?: readonly UserID[];
};

/** What is known besides what is stored: who we are, and what waits in the send queue. */
export type Known = {
  readonly self: UserID;
  /** Of sent entries, their keys by the event ID. */
  readonly sentKeys: ReadonlyMap<EventID, string>;
  readonly queue: ReadonlyMap<string, { readonly order: number }>;
  readonly now: Timestamp;
  /** The plain form of an encrypted event, as far as it has been decrypted. */
  readonly plain: <E extends Event>(event: E) => E;
};

/** What else is stored with the answer, in the same transaction. */
export type MoreWrites = {
  readonly stores: readonly (keyof AccountStores)[];
  readonly write: (tx: AccountTransaction) => Promise<void>;
};

/** Older chunks than this many are forgotten; they can be fetched again. */
const maxChunks = 8;

const stores = [
  "meta",
  "accountData",
  "rooms",
  "members",
  "state",
  "events",
  "receipts",
  "queue",
] as const;

/**
 * Stores an answer of `/sync`, whole, in one transaction with the token that follows it.
 *
 * After a crash the same answer may come again: events that are stored already are passed over.
 */
export function applySync(
  database: AccountDatabase,
  answer: SyncAnswer,
  known: Known,
  more?: MoreWrites,
): Promise<SyncChange> {
  return database.write([...stores, ...more?.stores ?? []], async (tx) => {
    const rooms: RoomChange[] = [];
    for (const part of answer.joined) rooms.push(await applyRoom(tx, part, "join", known));
    for (const part of answer.left) {
      const now = answer.joined.some(({ roomID }) => roomID === part.roomID);
      if (!now) rooms.push(await applyRoom(tx, part, "leave", known));
    }
    for (const part of answer.invited) rooms.push(await applyStripped(tx, part, "invite", known));
    for (const part of answer.knocked) rooms.push(await applyStripped(tx, part, "knock", known));
    for (const record of answer.accountData) tx.put("accountData", record);
    tx.put("meta", { name: "syncToken", value: answer.nextBatch });
    await more?.write(tx);

    const delivered = new Set<string>();
    for (const { appended } of rooms) {
      for (const { id, txnID } of appended) {
        const key = known.sentKeys.get(id) ?? txnID;
        const entry = key === undefined ? undefined : known.queue.get(key);
        if (key === undefined || entry === undefined) continue;
        delivered.add(key);
        tx.delete("queue", entry.order);
      }
    }
    return { rooms, accountData: answer.accountData, delivered };
  });
}

async function applyRoom(
  tx: AccountTransaction,
  part: JoinedPart,
  membership: "join" | "leave",
  known: Known,
): Promise<RoomChange> {
  const { roomID } = part;
  const before = await tx.get("rooms", roomID);
  // What was kept from before an earlier leave is no base to build on.
  const isNew = before?.membership !== "join";
  const old = before ?? emptyRoom(roomID, known.now);

  // State: what the server says, and what the timeline changed unless that is in it already.
  const state = part.isStateAfter ? part.state : [...part.state, ...part.timeline.filter(isState)];
  let facts = isNew && membership === "join" ? noFacts : old.facts;
  for (const event of state) {
    facts = factsWith(facts, event);
    tx.put("state", stateRecord(event));
  }
  const members: MemberRecord[] = [];
  for (const member of membersIn(state, roomID)) {
    const full = before === undefined ? member : await withOldName(tx, member);
    members.push(full);
    tx.put("members", full);
  }

  // Events.
  const placed = await place(tx, part, old, isNew);
  for (const event of placed.appended) tx.put("events", event);
  const changed = await applyRedactions(tx, roomID, part.redactions, placed.appended);
  const appended = placed.appended.map((event) => changed.get(event.id) ?? event);

  // Receipts.
  const receipts = part.receipts.filter((receipt) => receipt.userID !== known.self)
    .filter((receipt) => !receipt.isPrivate)
    .map(({ userID, eventID, ts }): ReceiptRecord => ({ roomID, userID, eventID, ts }));
  for (const receipt of receipts) tx.put("receipts", receipt);
  const own = part.receipts.filter((receipt) => receipt.userID === known.self)
    .sort((a, b) => a.ts - b.ts).at(-1)?.eventID;

  const preview = previewAfter(old, appended, changed, known);
  const newest = appended.findLast((event) => isPreviewable(known.plain(event)));
  const { invitation: _, preview: __, previewEdit: ___, ...rest } = old;
  const withoutFaces: RoomRecord = {
    ...rest,
    ...roomData(old, part.accountData),
    membership: membershipOf(state, known.self) ?? membership,
    facts,
    heroes: part.heroes ?? old.heroes,
    joinedCount: part.joinedCount ?? old.joinedCount,
    invitedCount: part.invitedCount ?? old.invitedCount,
    unreadCount: part.unreadCount ?? old.unreadCount,
    highlightCount: part.highlightCount ?? old.highlightCount,
    ...optional("ownReceipt", own ?? old.ownReceipt),
    ...preview,
    // Nobody's clock puts a room on top for days.
    activityTS: newest === undefined
      ? isNew ? Math.min(appended.at(-1)?.ts ?? known.now, known.now) : old.activityTS
      : Math.max(old.activityTS, Math.min(newest.ts, known.now)),
    chunks: placed.chunks,
    // Who came and went in a gap is told for the senders of the timeline alone.
    hasAllMembers: old.hasAllMembers && !isNew && !part.isLimited,
  };
  const room = { ...withoutFaces, faces: await facesOf(tx, withoutFaces, members, known.self) };
  tx.put("rooms", room);
  return {
    room,
    appended,
    changed: [...changed.values()],
    redactions: part.redactions,
    members,
    receipts,
    ...optional("typing", part.typing),
  };
}

/** Gives the new events their places: after the last chunk, or in a new one when some are missing. */
async function place(
  tx: AccountTransaction,
  part: JoinedPart,
  old: RoomRecord,
  isNew: boolean,
): Promise<{ appended: EventRecord[]; chunks: readonly Chunk[] }> {
  const fresh: Event[] = [];
  const seen = new Set<EventID>();
  let overlaps = false;
  const isEmpty = old.chunks.every((chunk) => chunk.first === chunk.end);
  for (const event of part.timeline) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const stored = isEmpty ? undefined : await tx.getBy("events", "byID", [part.roomID, event.id]);
    if (stored === undefined) fresh.push(event);
    else overlaps = true;
  }

  let chunks = old.chunks;
  const last = chunks.at(-1) ?? emptyChunk(0);
  const mayMissSome = part.isLimited || isNew;
  if (mayMissSome && !overlaps && fresh.length > 0) {
    const start = fresh[0]?.type === "m.room.create" ? undefined : part.prevBatch;
    const next: Chunk = { ...emptyChunk(last.number + 1), ...optional("prevToken", start) };
    chunks = isEmpty ? [next] : [...chunks, next];
    if (chunks.length > maxChunks) chunks = forget(tx, part.roomID, chunks);
  }
  const live = chunks.at(-1) ?? emptyChunk(0);
  const appended = fresh.map((event, offset): EventRecord => ({
    ...event,
    chunk: live.number,
    index: live.end + offset,
  }));
  const grown: Chunk = { ...live, end: live.end + appended.length };
  return { appended, chunks: [...chunks.slice(0, -1), grown] };
}

function forget(tx: AccountTransaction, roomID: RoomID, chunks: readonly Chunk[]): Chunk[] {
  const gone = chunks.slice(0, -maxChunks);
  for (const { number } of gone) tx.delete("events", startingWith(roomID, number));
  return chunks.slice(-maxChunks);
}

/** Applies redactions to stored and to new events. Gives those that changed, by their ID. */
async function applyRedactions(
  tx: AccountTransaction,
  roomID: RoomID,
  redactions: readonly Redaction[],
  appended: readonly EventRecord[],
): Promise<Map<EventID, EventRecord>> {
  const changed = new Map<EventID, EventRecord>();
  for (const { target, redaction } of redactions) {
    const event = appended.find(({ id }) => id === target) ??
      await tx.getBy("events", "byID", [roomID, target]);
    if (event === undefined || event.redaction !== undefined) continue;
    const after = redacted(event, redaction);
    changed.set(target, after);
    tx.put("events", after);
  }
  return changed;
}

function previewAfter(
  old: RoomRecord,
  appended: readonly EventRecord[],
  changed: ReadonlyMap<EventID, EventRecord>,
  { plain }: Known,
): Pick<RoomRecord, "preview" | "previewEdit"> {
  const newest = appended.findLast((event) => isPreviewable(plain(event)));
  let preview = newest ?? (old.preview && (changed.get(old.preview.id) ?? old.preview));
  let previewEdit = newest === undefined && preview?.redaction === undefined
    ? old.previewEdit
    : undefined;
  // An edit of the very message that is shown.
  for (const event of appended) {
    if (preview === undefined || event.relType !== "m.replace") continue;
    if (event.relatesTo !== preview.id || event.sender !== preview.sender) continue;
    if (event.type === "m.room.encrypted") previewEdit = event;
    const content = field(event.content, "m.new_content");
    if (typeof content !== "object" || content === null) continue;
    preview = {
      ...preview,
      bundledEdit: { id: event.id, ts: event.ts, content: content as JsonObject },
    };
  }
  return { ...optional("preview", preview), ...optional("previewEdit", previewEdit) };
}

/** An invitation or a knock: all that is known is the little state that came with it. */
async function applyStripped(
  tx: AccountTransaction,
  part: StrippedPart,
  membership: "invite" | "knock",
  known: Known,
): Promise<RoomChange> {
  const { roomID } = part;
  const before = await tx.get("rooms", roomID);
  const old = before?.membership === membership ? before : emptyRoom(roomID, known.now);
  // From a room one has left, older events may still be stored.
  const chunks = before?.chunks ?? old.chunks;
  const facts = part.state.reduce(factsWith, noFacts);
  const members = membersIn(part.state, roomID);
  for (const member of members) tx.put("members", member);
  const mine = part.state.find((event) =>
    event.type === "m.room.member" && event.stateKey === known.self
  );
  const room: RoomRecord = {
    ...old,
    membership,
    facts,
    chunks,
    ...(mine === undefined || membership === "knock" ? {} : {
      invitation: {
        by: mine.sender,
        isDirect: field(mine.content, "is_direct") === true,
        ...optional("reason", stringIn(mine.content, "reason")?.slice(0, 1_000)),
      },
    }),
    faces: members.map(faceOf),
  };
  tx.put("rooms", room);
  return { room, appended: [], changed: [], redactions: [], members, receipts: [] };
}

export function emptyRoom(id: RoomID, now: Timestamp): RoomRecord {
  return {
    id,
    membership: "leave",
    facts: noFacts,
    heroes: [],
    joinedCount: 0,
    invitedCount: 0,
    faces: [],
    unreadCount: 0,
    highlightCount: 0,
    isMarkedUnread: false,
    isFavourite: false,
    isLowPriority: false,
    activityTS: now,
    chunks: [emptyChunk(0)],
    hasAllMembers: false,
  };
}

function emptyChunk(number: number): Chunk {
  return { number, first: 0, end: 0 };
}

function stateRecord(event: StateEvent & Event) {
  const { roomID, type, stateKey, id, content } = event;
  return { roomID, type, stateKey, eventID: id, content };
}

/** The members that these events speak of; of several on one, the last. */
export function membersIn(state: readonly StateEvent[], roomID: RoomID): MemberRecord[] {
  const members = new Map<UserID, MemberRecord>();
  for (const event of state) {
    const member = memberOf(event, roomID);
    if (member !== undefined) members.set(member.userID, member);
  }
  return [...members.values()];
}

/** Who leaves is often named no more; the name is still wanted for what they said. */
async function withOldName(tx: AccountTransaction, member: MemberRecord): Promise<MemberRecord> {
  if (member.name !== undefined || member.membership === "join") return member;
  const old = await tx.get("members", [member.roomID, member.userID]);
  return old === undefined
    ? member
    : { ...optional("name", old.name), ...optional("avatar", old.avatar), ...member };
}

function memberOf(event: StateEvent, roomID: RoomID): MemberRecord | undefined {
  if (event.type !== "m.room.member" || !event.stateKey.startsWith("@")) return undefined;
  if (event.stateKey.length > 255) return undefined;
  const membership = asMembership(field(event.content, "membership"));
  if (membership === undefined) return undefined;
  const name = cleanName(stringIn(event.content, "displayname"));
  const isHere = membership === "join" || membership === "invite";
  return {
    roomID,
    userID: event.stateKey,
    membership,
    ...optional("name", name),
    ...optional("avatar", asMediaURI(field(event.content, "avatar_url"))),
    ...(name !== undefined && isHere ? { skeleton: skeleton(name) } : {}),
  };
}

export function asMembership(value: unknown): Membership | undefined {
  return value === "join" || value === "invite" || value === "leave" || value === "ban" ||
      value === "knock"
    ? value
    : undefined;
}

function membershipOf(state: readonly StateEvent[], self: UserID): Membership | undefined {
  const mine = state.findLast((event) => event.type === "m.room.member" && event.stateKey === self);
  return mine && asMembership(field(mine.content, "membership"));
}

function faceOf({ userID, name, avatar }: MemberRecord): Face {
  return { id: userID, ...optional("name", name), ...optional("avatar", avatar) };
}

/** The faces that the list of rooms will want: of heroes, and of who wrote last. */
async function facesOf(
  tx: AccountTransaction,
  room: RoomRecord,
  members: readonly MemberRecord[],
  self: UserID,
): Promise<readonly Face[]> {
  const wanted = new Set(room.heroes.filter((id) => id !== self));
  if (room.preview !== undefined) {
    wanted.add(room.preview.sender);
    if (room.preview.stateKey?.startsWith("@")) wanted.add(room.preview.stateKey);
  }
  const faces: Face[] = [];
  for (const id of wanted) {
    const fresh = members.find(({ userID }) => userID === id);
    const old = room.faces.find((face) => face.id === id);
    if (fresh !== undefined && (fresh.name !== undefined || old === undefined)) {
      faces.push(faceOf(fresh));
    } else if (old !== undefined) {
      faces.push(old);
    } else {
      const stored = await tx.get("members", [room.id, id]);
      if (stored !== undefined) faces.push(faceOf(stored));
    }
  }
  return faces;
}

/** What a room's own account data says: tags, markers. */
function roomData(old: RoomRecord, data: readonly AccountDataRecord[]): Partial<RoomRecord> {
  const isMarked = (record: AccountDataRecord) => field(record.content, "unread") === true;
  let room: Partial<RoomRecord> = {};
  for (const record of data) {
    switch (record.type) {
      case "m.tag": {
        const tags = field(record.content, "tags");
        room = {
          ...room,
          isFavourite: field(tags, "m.favourite") !== undefined,
          isLowPriority: field(tags, "m.lowpriority") !== undefined,
        };
        break;
      }
      case "m.marked_unread":
        room = { ...room, isMarkedUnread: isMarked(record) };
        break;
      case "m.fully_read": {
        const eventID = stringIn(record.content, "event_id");
        room = { ...room, ...optional("fullyRead", eventID ?? old.fullyRead) };
        break;
      }
    }
  }
  return room;
}
