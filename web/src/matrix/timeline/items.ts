import { asEventID } from "../api/identifiers.ts";
import { field, optional, stringsIn } from "../api/json.ts";
import type {
  EventContent,
  EventID,
  EventItem,
  GapItem,
  Permissions,
  Quote,
  Receipt,
  RoomID,
  Sending,
  TimelineItem,
  UserID,
} from "../contract.ts";
import { powerLevels, powerOf } from "../rooms/power.ts";
import type { QueueRecord, ReceiptRecord, RoomRecord } from "../storage/records.ts";
import { eventContent, type Naming } from "./eventContent.ts";
import { type Event, parseEvent } from "./parseEvent.ts";
import { Relations } from "./Relations.ts";

/** A local echo as the send queue has it, with how far its upload is. */
export type Echo = QueueRecord & { readonly isUnderWay: boolean; readonly progress?: number };

/** All that the items of a window are made of. */
export type Scene = {
  readonly roomID: RoomID;
  readonly self: UserID;
  readonly room: RoomRecord | undefined;
  readonly permissions: Permissions;
  /** Oldest first, whether shown or not. */
  readonly events: readonly Event[];
  /** Where events are missing, by the event that follows. */
  readonly gaps: ReadonlyMap<EventID, GapItem>;
  readonly relations: Relations;
  readonly receipts: Iterable<ReceiptRecord>;
  /** Empty unless the window ends in the present. */
  readonly echoes: readonly Echo[];
  readonly quotes: ReadonlyMap<EventID, Event | "loading" | "missing">;
  readonly naming: Naming;
  readonly isIgnored: (userID: UserID) => boolean;
};

/** More readers of one message are not named one by one. */
const maxReceipts = 100;

export type Drawn = {
  /** What to show, oldest first. */
  readonly items: readonly TimelineItem[];
  /** For each event, the last one that is shown up to there. */
  readonly lastShown: ReadonlyMap<EventID, EventID>;
};

export function buildItems(scene: Scene): Drawn {
  const pending = pendingOf(scene);
  const shown: { event: Event; content: EventContent; editedTS?: number }[] = [];
  const lastShown = new Map<EventID, EventID>();
  const gaps: { before: number; gap: GapItem }[] = [];
  for (const event of scene.events) {
    const gap = scene.gaps.get(event.id);
    if (gap !== undefined) gaps.push({ before: shown.length, gap });
    const drawn = draw(scene, pending, event);
    if (drawn !== undefined) shown.push({ event, ...drawn });
    const last = shown.at(-1);
    if (last !== undefined) lastShown.set(event.id, last.event.id);
  }
  const receipts = receiptsByEvent(scene, lastShown);
  const items: TimelineItem[] = shown.map(({ event, content, editedTS }) =>
    eventItem(scene, pending, event, content, editedTS, receipts.get(event.id) ?? [])
  );
  for (const { before, gap } of gaps.reverse()) items.splice(before, 0, gap);
  // An echo whose event is there already is about to be dropped.
  const known = new Set(
    scene.events.flatMap(({ id, txnID }) => txnID === undefined ? id : [id, txnID]),
  );
  const echoes = pending.echoes.flatMap((echo) => {
    if (known.has(echo.key) || (echo.eventID !== undefined && known.has(echo.eventID))) return [];
    return echoItem(scene, echo) ?? [];
  });
  return { items: [...items, ...echoes], lastShown };
}

/** Those whose names and pictures the items will ask for. */
export function peopleIn(scene: Omit<Scene, "naming">): Set<UserID> {
  const people = scene.relations.people();
  people.add(scene.self);
  const ids = new Set<EventID>();
  for (const event of scene.events) {
    ids.add(event.id);
    people.add(event.sender);
    if (event.redaction !== undefined && event.redaction.by !== "") people.add(event.redaction.by);
    if (event.type === "m.room.member" && event.stateKey !== undefined) people.add(event.stateKey);
  }
  for (const quote of scene.quotes.values()) {
    if (typeof quote !== "string") people.add(quote.sender);
  }
  let count = 0;
  for (const receipt of scene.receipts) {
    if (ids.has(receipt.eventID) && count++ < 1_000) people.add(receipt.userID);
  }
  return people;
}

/** The event that this one answers, if it is to be quoted. */
export function quotedBy(event: Pick<Event, "content">): EventID | undefined {
  const relation = field(event.content, "m.relates_to");
  // In a thread, the fallback for clients that know no threads is no real answer.
  if (field(relation, "is_falling_back") === true) return undefined;
  return asEventID(field(field(relation, "m.in_reply_to"), "event_id"));
}

// What one has just done shows before the server has heard of it.

type Pending = {
  readonly echoes: readonly Echo[];
  /** Events that are about to be redacted. */
  readonly redacted: ReadonlySet<EventID>;
  /** Edits and reactions on their way. */
  readonly relations: Relations;
};

function pendingOf(scene: Scene): Pending {
  const redacted = new Set<EventID>();
  const relations = new Relations();
  const echoes: Echo[] = [];
  for (const echo of scene.echoes) {
    if (echo.request.kind === "redaction") {
      if (echo.state !== "failed") redacted.add(echo.request.target);
      continue;
    }
    const event = echoEvent(scene, echo);
    if (event === undefined) continue;
    if (event.relType === "m.replace" || event.relType === "m.annotation") {
      if (echo.state !== "failed") relations.add(event);
    } else {
      echoes.push(echo);
    }
  }
  return { echoes, redacted, relations };
}

/** A queued event as if it had been sent; its ID begins with `~`. */
export function echoEvent(
  scene: Pick<Scene, "roomID" | "self">,
  echo: QueueRecord,
): Event | undefined {
  if (echo.request.kind === "redaction") return undefined;
  const type = echo.request.kind === "file" ? "m.room.message" : echo.request.type;
  const event = parseEvent({
    event_id: "$echo",
    sender: scene.self,
    type,
    content: echo.request.content,
    origin_server_ts: echo.createdTS,
  }, scene.roomID);
  return event && { ...event, id: "~" + echo.key };
}

function draw(
  scene: Scene,
  pending: Pending,
  event: Event,
): { content: EventContent; editedTS?: number } | undefined {
  if (event.stateKey === undefined && scene.isIgnored(event.sender)) return undefined;
  const isLeaving = pending.redacted.has(event.id);
  const shown = isLeaving ? { ...event, redaction: { by: scene.self } } : event;
  const edit = isLeaving
    ? undefined
    : pending.relations.editOf(event) ?? scene.relations.editOf(event, pending.redacted);
  const content = eventContent(shown, scene.naming, edit?.content);
  if (content === undefined) return undefined;
  return { content, ...optional("editedTS", edit?.ts) };
}

function eventItem(
  scene: Scene,
  pending: Pending,
  event: Event,
  content: EventContent,
  editedTS: number | undefined,
  readBy: readonly Receipt[],
): EventItem {
  const isOwn = event.sender === scene.self;
  const isGone = content.kind === "redacted";
  const { redactOwn, redactOthers, send } = scene.permissions;
  return {
    kind: "event",
    key: event.txnID !== undefined && isOwn ? event.txnID : event.id,
    eventID: event.id,
    sender: scene.naming(event.sender),
    isOwn,
    ts: event.ts,
    content,
    ...optional("editedTS", editedTS),
    ...(isGone ? {} : optional("replyTo", quote(scene, event))),
    ...optional("threadRoot", event.relType === "m.thread" ? event.relatesTo : undefined),
    reactions: isGone ? [] : mergedReactions(scene, pending, event.id),
    readBy,
    isHighlight: !isOwn && !isGone && mentions(scene, event),
    canEdit: isOwn && send && content.kind === "text",
    canRedact: !isGone && event.stateKey === undefined && (redactOthers || (isOwn && redactOwn)),
  };
}

function echoItem(scene: Scene, echo: Echo): EventItem | undefined {
  const event = echoEvent(scene, echo);
  const content = event && eventContent(event, scene.naming);
  if (event === undefined || content === undefined) return undefined;
  return {
    kind: "event",
    key: echo.key,
    ...optional("eventID", echo.eventID),
    sender: scene.naming(scene.self),
    isOwn: true,
    ts: echo.createdTS,
    content,
    ...optional("sending", sendingOf(echo)),
    ...optional("replyTo", quote(scene, event)),
    reactions: [],
    readBy: [],
    isHighlight: false,
    canEdit: false,
    canRedact: false,
  };
}

function sendingOf(echo: Echo): Sending | undefined {
  switch (echo.state) {
    case "sent":
      return undefined;
    case "failed":
      return { state: "failed", ...(echo.failure ?? { code: "INTERNAL", message: "" }) };
    case "waiting":
      return echo.isUnderWay
        ? { state: "sending", ...optional("progress", echo.progress) }
        : { state: "waiting" };
  }
}

function mergedReactions(scene: Scene, pending: Pending, target: EventID) {
  const sent = scene.relations.reactionsTo(target, scene.self, scene.naming, pending.redacted);
  const mine = pending.relations.reactionsTo(target, scene.self, scene.naming)
    .filter(({ key }) => !sent.some((other) => other.key === key && other.isOwn));
  const raised = sent.map((reaction) =>
    mine.some(({ key }) => key === reaction.key)
      ? {
        ...reaction,
        count: reaction.count + 1,
        isOwn: true,
        people: [...reaction.people, scene.naming(scene.self)].slice(0, 10),
      }
      : reaction
  );
  return [...raised, ...mine.filter(({ key }) => !sent.some((other) => other.key === key))];
}

function quote(scene: Scene, event: Event): Quote | undefined {
  const eventID = quotedBy(event);
  if (eventID === undefined) return undefined;
  const found = scene.quotes.get(eventID) ?? "loading";
  if (typeof found === "string") return { eventID, state: found };
  const content = scene.isIgnored(found.sender)
    ? undefined
    : eventContent(found, scene.naming, scene.relations.editOf(found)?.content);
  return content === undefined
    ? { eventID, state: "missing" }
    : { eventID, state: "ready", sender: scene.naming(found.sender), content };
}

/** - Spec: User and room mentions */
function mentions(scene: Scene, event: Event): boolean {
  const mentions = field(event.content, "m.mentions");
  if (stringsIn(mentions, "user_ids").includes(scene.self)) return true;
  if (field(mentions, "room") !== true || scene.room === undefined) return false;
  const { facts } = scene.room;
  return powerOf(facts, event.sender) >= powerLevels(facts).notifyRoom;
}

/** Who has read up to where. What one writes oneself, one has read. */
function receiptsByEvent(
  scene: Scene,
  lastShown: ReadonlyMap<EventID, EventID>,
): Map<EventID, Receipt[]> {
  const positions = new Map(scene.events.map(({ id }, index) => [id, index]));
  const lastSaid = new Map<UserID, number>();
  scene.events.forEach(({ sender, id }) => lastSaid.set(sender, positions.get(id) ?? 0));
  const byEvent = new Map<EventID, Receipt[]>();
  for (const { userID, eventID, ts } of scene.receipts) {
    const position = positions.get(eventID);
    const place = lastShown.get(eventID);
    if (userID === scene.self || position === undefined || place === undefined) continue;
    if ((lastSaid.get(userID) ?? -1) > position || scene.isIgnored(userID)) continue;
    // One's own message needs no mark that one has read it.
    if (scene.events[positions.get(place) ?? 0]?.sender === userID) continue;
    const others = byEvent.get(place) ?? [];
    if (others.length < maxReceipts) others.push({ ...scene.naming(userID), ts });
    byEvent.set(place, others);
  }
  for (const receipts of byEvent.values()) receipts.sort((a, b) => b.ts - a.ts);
  return byEvent;
}
