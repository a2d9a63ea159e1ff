import type {
  EventContent,
  EventID,
  EventItem,
  MediaSource,
  Member,
  MemberList,
  OutgoingFile,
  OutgoingText,
  Permissions,
  Person,
  Reaction,
  Room,
  RoomDetails,
  RoomSummary,
  Timeline,
  TimelineItem,
} from "../contract.ts";
import { Failure } from "../contract.ts";
import { Cell } from "../../platform/Cell.ts";
import { fakeItems, item, text, unreadableItems } from "./fakeRooms.ts";
import { FakeTimeline } from "./FakeTimeline.ts";
import { memberNamed, people, person, self } from "./people.ts";

/** A room in memory, where Basile answers. A text with « échec » in it cannot be sent. */
export class FakeRoom implements Room {
  readonly id: string;
  readonly summary: Cell<RoomSummary | undefined>;
  readonly details: Cell<RoomDetails | undefined>;
  readonly permissions: Cell<Permissions>;
  readonly members: Cell<MemberList>;
  readonly items: Cell<readonly TimelineItem[]>;
  #count = 0;

  constructor(
    summary: RoomSummary,
    messages: number,
    private readonly files: Map<string, Blob>,
    /** How many messages come at a time. */
    private readonly page = 60,
  ) {
    this.id = summary.id;
    this.summary = new Cell<RoomSummary | undefined>(summary);
    this.details = new Cell<RoomDetails | undefined>(details(summary));
    this.permissions = new Cell(allAllowed);
    const members: readonly Member[] = people.slice(0, Math.min(10, summary.joinedCount))
      .map(memberNamed);
    this.members = new Cell<MemberList>({ isComplete: true, members });
    const now = Date.now();
    this.items = new Cell<readonly TimelineItem[]>([
      ...fakeItems(summary.id, messages, now),
      ...(summary.isEncrypted ? unreadableItems(summary.id, now) : []),
    ]);
  }

  openTimeline(at?: EventID): Timeline {
    const timeline = new FakeTimeline(this.items, this.page);
    if (at !== undefined) timeline.jumpTo(at).catch(() => {});
    return timeline;
  }

  findMembers(query: string, limit = 20): Promise<readonly Person[]> {
    const wanted = query.toLocaleLowerCase();
    const found = people.filter((one) => one.name.toLocaleLowerCase().includes(wanted));
    return Promise.resolve(found.slice(0, limit));
  }

  sendText(message: OutgoingText): Promise<void> {
    this.#send(text(message.text), message.replyTo, message.text.includes("échec"));
    if (!message.text.includes("échec")) this.#answer();
    return Promise.resolve();
  }

  sendFile(file: File, options: OutgoingFile = {}): Promise<void> {
    const id = `file-${this.#count}`;
    this.files.set(id, file);
    const source: MediaSource = { kind: "local", id };
    const about = {
      fileName: file.name,
      source,
      mimeType: file.type,
      sizeBytes: file.size,
      ...(options.caption === undefined ? {} : { caption: options.caption }),
    };
    const isImage = file.type.startsWith("image/");
    this.#send(isImage ? { kind: "image", ...about } : { kind: "file", ...about }, options.replyTo);
    return Promise.resolve();
  }

  edit(eventID: EventID, message: OutgoingText): Promise<void> {
    this.#change(eventID, { content: text(message.text), editedTS: Date.now() });
    return Promise.resolve();
  }

  editable(eventID: EventID): Promise<OutgoingText> {
    const found = this.#find(eventID)?.content;
    return Promise.resolve({ text: found?.kind === "text" ? found.body : "" });
  }

  react(eventID: EventID, key: string): Promise<void> {
    this.#setReaction(eventID, key, true);
    return Promise.resolve();
  }

  unreact(eventID: EventID, key: string): Promise<void> {
    this.#setReaction(eventID, key, false);
    return Promise.resolve();
  }

  redact(eventID: EventID, reason?: string): Promise<void> {
    const why = reason === undefined ? {} : { reason };
    this.#change(eventID, {
      content: { kind: "redacted", by: self, ...why },
      reactions: [],
      canEdit: false,
      canRedact: false,
    });
    return Promise.resolve();
  }

  resend(key: string): Promise<void> {
    this.#settle(key, false);
    return Promise.resolve();
  }

  cancelSend(key: string): Promise<void> {
    this.items.update((items) => items.filter((item) => item.key !== key));
    return Promise.resolve();
  }

  setTyping(): void {}

  markRead(): void {
    this.#summarize({ unreadCount: 0, highlightCount: 0 });
  }

  setMarkedUnread(isMarkedUnread: boolean): Promise<void> {
    return this.#summarize({ isMarkedUnread });
  }
  setFavourite(isFavourite: boolean): Promise<void> {
    return this.#summarize({ isFavourite });
  }
  setLowPriority(isLowPriority: boolean): Promise<void> {
    return this.#summarize({ isLowPriority });
  }
  setNotifications(notifications: RoomSummary["notifications"]): Promise<void> {
    return this.#summarize({ notifications });
  }
  leave(): Promise<void> {
    return this.#summarize({ membership: "leave" });
  }
  forget(): Promise<void> {
    return this.leave();
  }
  invite(userID: string): Promise<void> {
    if (!userID.startsWith("@")) {
      return Promise.reject(new Failure("M_INVALID_PARAM", "Not a user ID."));
    }
    return this.#setMember({ id: userID, name: userID }, "invite");
  }
  kick(userID: string): Promise<void> {
    return this.#setMember({ id: userID, name: userID }, "leave");
  }
  ban(userID: string): Promise<void> {
    return this.#setMember({ id: userID, name: userID }, "ban");
  }
  unban(userID: string): Promise<void> {
    return this.kick(userID);
  }
  setPower(): Promise<void> {
    return Promise.resolve();
  }
  setName(name: string): Promise<void> {
    this.details.update((details) => details && { ...details, name });
    return this.#summarize({ name: { kind: "own", text: name } });
  }
  setTopic(topic: string): Promise<void> {
    this.details.update((details) => details && { ...details, topic });
    return this.#summarize({ topic });
  }
  setAvatar(): Promise<void> {
    return Promise.resolve();
  }
  setJoinRule(joinRule: RoomDetails["joinRule"]): Promise<void> {
    this.details.update((details) => details && { ...details, joinRule });
    return Promise.resolve();
  }
  setHistoryVisibility(historyVisibility: RoomDetails["historyVisibility"]): Promise<void> {
    this.details.update((details) => details && { ...details, historyVisibility });
    return Promise.resolve();
  }
  report(): Promise<void> {
    return Promise.resolve();
  }

  #send(content: EventContent, replyTo?: EventID, fails = false): void {
    const key = `echo-${this.id}-${this.#count++}`;
    const quoted = replyTo === undefined ? undefined : this.#find(replyTo);
    const { eventID: _, ...echo } = item(key, Date.now(), 0, content);
    this.items.update((items) => [...items, {
      ...echo,
      sending: { state: "sending", ...(content.kind === "text" ? {} : { progress: 0.4 }) },
      ...(quoted === undefined ? {} : {
        replyTo: {
          eventID: replyTo ?? "",
          state: "ready",
          sender: quoted.sender,
          content: quoted.content,
        },
      }),
    }]);
    setTimeout(() => this.#settle(key, fails), content.kind === "text" ? 400 : 1500);
  }

  #settle(key: string, fails: boolean): void {
    this.items.update((items) =>
      items.map((item) => {
        if (item.key !== key || item.kind !== "event") return item;
        if (fails) {
          const failed = { state: "failed", code: "M_FORBIDDEN", message: "Not here." } as const;
          return { ...item, sending: failed };
        }
        const { sending: _, ...sent } = item;
        return { ...sent, eventID: `$${key}` };
      })
    );
  }

  #answer(): void {
    setTimeout(() => void this.#summarize({ typing: [person(1)] }), 900);
    setTimeout(() => {
      void this.#summarize({ typing: [] });
      const answer = item(`answer-${this.id}-${this.#count++}`, Date.now(), 1, text("Bien reçu."));
      this.items.update((items) => [...items, answer]);
    }, 2600);
  }

  #find(eventID: EventID): EventItem | undefined {
    for (const item of this.items.get()) {
      if (item.kind === "event" && item.eventID === eventID) return item;
    }
    return undefined;
  }

  #change(eventID: EventID, change: Partial<EventItem>): void {
    this.items.update((items) =>
      items.map((item) =>
        item.kind === "event" && item.eventID === eventID ? { ...item, ...change } : item
      )
    );
  }

  #setReaction(eventID: EventID, key: string, isOwn: boolean): void {
    const now: readonly Reaction[] = this.#find(eventID)?.reactions ?? [];
    const old = now.find((reaction) => reaction.key === key);
    const others = (old?.people ?? []).filter((one) => one.id !== self.id);
    const names = isOwn ? [...others, self] : others;
    const next: Reaction = { key, count: names.length, isOwn, people: names };
    const reactions = old === undefined
      ? [...now, next]
      : now.map((reaction) => reaction === old ? next : reaction);
    this.#change(eventID, { reactions: reactions.filter((reaction) => reaction.count > 0) });
  }

  #summarize(change: Partial<RoomSummary>): Promise<void> {
    this.summary.update((summary) => summary && { ...summary, ...change });
    return Promise.resolve();
  }

  #setMember(who: Person, membership: Member["membership"]): Promise<void> {
    this.members.update((list) => ({
      ...list,
      members: [
        ...list.members.filter((member) => member.id !== who.id),
        ...(membership === "leave" ? [] : [{ ...memberNamed(who, 5), membership }]),
      ],
    }));
    return Promise.resolve();
  }
}

const allAllowed: Permissions = {
  send: true,
  react: true,
  redactOwn: true,
  redactOthers: true,
  invite: true,
  kick: true,
  ban: true,
  notifyRoom: true,
  setName: true,
  setTopic: true,
  setAvatar: true,
  setPower: true,
  setJoinRule: true,
  setHistoryVisibility: true,
  power: 100,
};

function details(summary: RoomSummary): RoomDetails {
  return {
    id: summary.id,
    name: summary.name.kind === "own" ? summary.name.text : "",
    topic: summary.topic ?? "",
    version: "12",
    creators: [self.id],
    joinRule: summary.isPublic ? "public" : "invite",
    historyVisibility: "shared",
    isEncrypted: summary.isEncrypted,
    joinedCount: summary.joinedCount,
    invitedCount: 1,
    power: {
      ban: 50,
      kick: 50,
      invite: 0,
      redact: 50,
      eventsDefault: 0,
      stateDefault: 50,
      usersDefault: 0,
      notifyRoom: 50,
      events: new Map([["m.room.name", 50], ["m.room.power_levels", 100]]),
    },
  };
}
