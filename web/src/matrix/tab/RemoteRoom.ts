import type {
  EventID,
  HistoryVisibility,
  JoinRule,
  MemberList,
  NotificationLevel,
  OutgoingFile,
  OutgoingText,
  Permissions,
  Person,
  Room,
  RoomDetails,
  RoomID,
  RoomSummary,
  Store,
  Timeline,
  UserID,
} from "../contract.ts";
import { type MembersPatch, patchedMembers } from "../engine/feeds.ts";
import { reuseList } from "../../platform/equal.ts";
import { noPermissions } from "../rooms/power.ts";
import type { EngineLink } from "./EngineLink.ts";
import { FeedStore } from "./FeedStore.ts";
import { probeMedia } from "./probeMedia.ts";
import type { RemoteMedia } from "./RemoteMedia.ts";
import { RemoteTimeline } from "./RemoteTimeline.ts";

/** A room, seen from a tab: every verb is a call to the engine. */
export class RemoteRoom implements Room {
  readonly details: Store<RoomDetails | undefined>;
  readonly permissions: Store<Permissions>;
  readonly members: Store<MemberList>;

  constructor(
    readonly id: RoomID,
    readonly summary: Store<RoomSummary | undefined>,
    private readonly link: EngineLink,
    private readonly media: RemoteMedia,
    /** Never the same twice: names for windows, and transaction IDs. */
    private readonly unique: () => string,
  ) {
    this.details = new FeedStore<RoomDetails | undefined>(link, `details ${id}`, undefined);
    this.permissions = new FeedStore<Permissions>(link, `permissions ${id}`, noPermissions);
    this.members = new FeedStore<MemberList>(link, `members ${id}`, noMembers, {
      patched: (old, patch) => patchedMembers(old, patch as MembersPatch),
      merged: (old, next) => ({
        ...next,
        members: reuseList(old.members, next.members, ({ id }) => id),
      }),
      isShown: (next) => next.members.length > 0,
    });
  }

  openTimeline(at?: EventID): Timeline {
    const name = `${this.link.tab}/${this.unique()}`;
    return new RemoteTimeline(this.link, name, this.id, at, (old, next) => {
      this.media.follow(old, next);
    });
  }

  findMembers(query: string, limit = 20): Promise<readonly Person[]> {
    return this.link.call("findMembers", this.id, query, limit);
  }

  sendText(message: OutgoingText): Promise<void> {
    return this.link.call("sendText", this.id, this.unique(), message);
  }

  async sendFile(file: File, options: OutgoingFile = {}): Promise<void> {
    const key = this.unique();
    this.media.keep(key, file);
    const facts = await probeMedia(file);
    await this.link.call("sendFile", this.id, key, file, file.name, facts, options);
  }

  edit(eventID: EventID, message: OutgoingText): Promise<void> {
    return this.link.call("edit", this.id, this.unique(), eventID, message);
  }

  editable(eventID: EventID): Promise<OutgoingText> {
    return this.link.call("editable", this.id, eventID);
  }

  react(eventID: EventID, key: string): Promise<void> {
    return this.link.call("react", this.id, this.unique(), eventID, key);
  }

  unreact(eventID: EventID, key: string): Promise<void> {
    return this.link.call("unreact", this.id, this.unique(), eventID, key);
  }

  redact(eventID: EventID, reason?: string): Promise<void> {
    return this.link.call("redact", this.id, this.unique(), eventID, reason);
  }

  resend(key: string): Promise<void> {
    return this.link.call("resend", key);
  }

  cancelSend(key: string): Promise<void> {
    return this.link.call("cancelSend", key);
  }

  setTyping(isTyping: boolean): void {
    this.link.tell("setTyping", this.id, isTyping);
  }

  markRead(eventID: EventID): void {
    this.link.tell("markRead", this.id, eventID);
  }

  setMarkedUnread(isMarkedUnread: boolean): Promise<void> {
    return this.link.call("setMarkedUnread", this.id, isMarkedUnread);
  }

  setFavourite(isFavourite: boolean): Promise<void> {
    return this.link.call("setTag", this.id, "m.favourite", isFavourite);
  }

  setLowPriority(isLowPriority: boolean): Promise<void> {
    return this.link.call("setTag", this.id, "m.lowpriority", isLowPriority);
  }

  setNotifications(level: NotificationLevel): Promise<void> {
    return this.link.call("setRoomNotifications", this.id, level);
  }

  leave(): Promise<void> {
    return this.link.call("leave", this.id);
  }

  forget(): Promise<void> {
    return this.link.call("forget", this.id);
  }

  invite(userID: UserID, reason?: string): Promise<void> {
    return this.link.call("invite", this.id, userID, reason);
  }

  kick(userID: UserID, reason?: string): Promise<void> {
    return this.link.call("kick", this.id, userID, reason);
  }

  ban(userID: UserID, reason?: string): Promise<void> {
    return this.link.call("ban", this.id, userID, reason);
  }

  unban(userID: UserID): Promise<void> {
    return this.link.call("unban", this.id, userID);
  }

  setPower(userID: UserID, power: number): Promise<void> {
    return this.link.call("setPower", this.id, userID, power);
  }

  setName(name: string): Promise<void> {
    return this.link.call("setRoomName", this.id, name);
  }

  setTopic(topic: string): Promise<void> {
    return this.link.call("setTopic", this.id, topic);
  }

  setAvatar(picture: Blob | undefined): Promise<void> {
    return this.link.call("setRoomAvatar", this.id, picture);
  }

  setJoinRule(rule: JoinRule): Promise<void> {
    return this.link.call("setJoinRule", this.id, rule);
  }

  setHistoryVisibility(visibility: HistoryVisibility): Promise<void> {
    return this.link.call("setHistoryVisibility", this.id, visibility);
  }

  report(eventID: EventID, reason: string): Promise<void> {
    return this.link.call("report", this.id, eventID, reason);
  }
}

const noMembers: MemberList = { isComplete: false, members: [] };
