import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { startingWith } from "../../platform/Database.ts";
import { isEqual } from "../../platform/equal.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { asMediaURI } from "../api/identifiers.ts";
import { booleanIn, field, integerIn, type JsonObject, optional, stringIn } from "../api/json.ts";
import {
  type Connection,
  Failure,
  type GeneralNotifications,
  type MediaURI,
  type Preferences,
  type Profile,
  type RoomID,
  type ServerLimits,
  type UserID,
} from "../contract.ts";
import { Downloads } from "../media/Downloads.ts";
import type { Uploads } from "../media/Uploads.ts";
import { MemberListing } from "../rooms/MemberListing.ts";
import { directRooms, ignoredUsers, Members } from "../rooms/Members.ts";
import { cleanName } from "../rooms/names.ts";
import { noPermissions, permissions } from "../rooms/power.ts";
import { generalLevel } from "../rooms/pushRules.ts";
import { ReadMarkers } from "../rooms/ReadMarkers.ts";
import { RoomList } from "../rooms/RoomList.ts";
import { TypingNotices } from "../rooms/TypingNotices.ts";
import { SendQueue } from "../sending/SendQueue.ts";
import { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { AccountDatabaseHandle } from "../storage/layout.ts";
import type {
  AccountDataRecord,
  MemberRecord,
  MetaRecord,
  RoomRecord,
} from "../storage/records.ts";
import { applySync, type SyncChange } from "../sync/applySync.ts";
import type { SyncAnswer } from "../sync/SyncAnswer.ts";
import { SyncLoop } from "../sync/SyncLoop.ts";
import { History } from "../timeline/History.ts";
import {
  computedFeed,
  type Feed,
  type FeedName,
  membersFeed,
  summariesFeed,
  timelineFeed,
  valueFeed,
} from "./feeds.ts";
import { Timelines } from "./Timelines.ts";

export type AccountParts = {
  readonly self: UserID;
  readonly deviceID: string;
  readonly database: AccountDatabaseHandle;
  readonly server: Homeserver;
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly connection: Cell<Connection>;
  /** Makes readable what is encrypted, between the server and the storage. */
  readonly decrypt: (answer: SyncAnswer) => Promise<SyncAnswer>;
  /** There is something to show. Called once. */
  readonly onReady: () => void;
};

/** All that runs for one signed-in account. */
export class AccountEngine {
  readonly rooms: RoomList;
  readonly members: Members;
  readonly history: History;
  readonly queue: SendQueue;
  readonly timelines: Timelines;
  readonly typing: TypingNotices;
  readonly readMarkers: ReadMarkers;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly server: Homeserver;
  readonly self: UserID;
  readonly deviceID: string;
  readonly clock: Clock;

  readonly profile: Cell<Profile>;
  readonly preferences = new Cell<Preferences>({ sendsReceipts: true, sendsTyping: true });
  readonly ignoredUsers = new Cell<readonly UserID[]>([]);
  readonly notifications = new Cell<GeneralNotifications>("all");
  readonly limits = new Cell<ServerLimits>({
    canChangePassword: true,
    canChangeDisplayName: true,
    canChangeAvatar: true,
  });

  #syncToken: string | undefined;
  readonly #accountData = new Map<string, JsonObject>();
  readonly #listings = new Map<RoomID, MemberListing>();
  readonly #sync: SyncLoop;
  readonly #stopped = new AbortController();

  private constructor(private readonly parts: AccountParts, readonly database: AccountDatabase) {
    const { self, server, clock, uploads } = parts;
    this.self = self;
    this.deviceID = parts.deviceID;
    this.server = server;
    this.clock = clock;
    this.uploads = uploads;
    this.profile = new Cell<Profile>({ id: self });
    this.rooms = new RoomList(self);
    this.members = new Members(database, server);
    this.history = new History(database, server, this.members);
    this.#sync = new SyncLoop(server, clock, parts.connection, {
      token: () => this.#syncToken,
      decrypt: parts.decrypt,
      apply: (answer, request) => this.#apply(answer, request),
      startOver: () => this.#startOver(),
    });
    this.queue = new SendQueue(
      database,
      server,
      uploads,
      clock,
      () => this.#sync.request,
      (roomID) => this.timelines.redraw(roomID),
    );
    this.timelines = new Timelines(database, this.history, this.members, (id) => ({
      id,
      self,
      record: () => this.rooms.record(id),
      permissions: () => this.permissions(id),
      echoes: () => this.queue.echoes(id),
      isIgnored: (userID) => this.ignoredUsers.get().includes(userID),
      stored: (room) => this.rooms.set([room]),
    }));
    this.typing = new TypingNotices(server, clock, self);
    this.readMarkers = new ReadMarkers(
      database,
      server,
      clock,
      () => this.preferences.get().sendsReceipts,
      (room) => this.rooms.set([room]),
    );
    this.downloads = new Downloads(server);
    // Who typed when the line went dead may be long gone.
    parts.connection.subscribe(() => {
      if (parts.connection.get().status === "offline") this.rooms.clearTyping();
    });
  }

  /** Opens what is stored. When something is, it can be shown at once. */
  static async open(parts: AccountParts): Promise<AccountEngine> {
    const database = await AccountDatabase.claim(parts.database);
    const engine = new AccountEngine(parts, database);
    const [meta, accountData, rooms] = await database.read(
      ["meta", "accountData", "rooms"],
      (tx) => Promise.all([tx.getAll("meta"), tx.getAll("accountData"), tx.getAll("rooms")]),
    );
    engine.#recall(meta);
    engine.#takeAccountData(accountData);
    engine.rooms.set(rooms);
    return engine;
  }

  get isReady(): boolean {
    return this.#syncToken !== undefined;
  }

  /** Runs until `stop`, or until the server or another engine ends it: then it throws why. */
  async run(): Promise<void> {
    void this.#fetchAbout();
    await this.#forgetLeft();
    await this.queue.start();
    await this.#sync.run(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped.abort();
    this.queue.stop();
    this.database.close();
  }

  retryNow(): void {
    this.#sync.retryNow();
    this.queue.retryNow();
  }

  networkChanged(): void {
    this.#sync.networkChanged();
    this.queue.retryNow();
  }

  permissions(roomID: RoomID) {
    const room = this.rooms.record(roomID);
    return room === undefined
      ? noPermissions
      : permissions(room.facts, this.self, room.membership === "join");
  }

  /** Of this person, of a type; undefined when there is none. */
  accountData(type: string): JsonObject | undefined {
    return this.#accountData.get(type);
  }

  async setAccountData(type: string, content: JsonObject): Promise<void> {
    await this.server.put(path`/v3/user/${this.self}/account_data/${type}`, content);
  }

  async setPreferences(changes: Partial<Preferences>): Promise<void> {
    const value = { ...this.preferences.get(), ...changes };
    await this.#remember({ name: "preferences", value });
    this.preferences.set(value);
  }

  async setProfile(value: Profile): Promise<void> {
    await this.#remember({ name: "profile", value });
    this.profile.set(value);
  }

  /** Changes what is stored of a room. */
  async updateRoom(roomID: RoomID, change: Partial<RoomRecord>): Promise<void> {
    const room = await this.database.write(["rooms"], async (tx) => {
      const old = await tx.get("rooms", roomID);
      if (old === undefined) return undefined;
      const next = { ...old, ...change };
      tx.put("rooms", next);
      return next;
    });
    if (room !== undefined) this.rooms.set([room]);
  }

  /** Removes all that is stored of a room. */
  async forgetRoom(roomID: RoomID): Promise<void> {
    await this.database.write(
      ["rooms", "members", "state", "events", "receipts"],
      (tx) => {
        tx.delete("rooms", roomID);
        for (const store of ["members", "state", "events", "receipts"] as const) {
          tx.delete(store, startingWith(roomID));
        }
        return Promise.resolve();
      },
    );
    this.members.forget(roomID);
    this.rooms.remove(roomID);
  }

  async upload(file: Blob, name: string): Promise<MediaURI> {
    this.refuseIfTooLarge(file);
    return await this.uploads.upload(file, name, () => {}, this.#stopped.signal);
  }

  refuseIfTooLarge(file: Blob): void {
    const limitBytes = this.limits.get().maxUploadBytes;
    if (limitBytes !== undefined && file.size > limitBytes) {
      throw new Failure("TOO_LARGE", "The file is over the server's limit.", { limitBytes });
    }
  }

  feed(name: FeedName): Feed | undefined {
    switch (name) {
      case "summaries":
        return summariesFeed(this.rooms);
      case "sections":
        return valueFeed(this.rooms.sections);
      case "totals":
        return valueFeed(this.rooms.totals);
      case "profile":
        return valueFeed(this.profile);
      case "preferences":
        return valueFeed(this.preferences);
      case "ignoredUsers":
        return valueFeed(this.ignoredUsers);
      case "notifications":
        return valueFeed(this.notifications);
      case "limits":
        return valueFeed(this.limits);
      default:
        return this.#feedOf(name);
    }
  }

  #feedOf(name: FeedName): Feed | undefined {
    const space = name.indexOf(" ");
    const [kind, id] = [name.slice(0, space), name.slice(space + 1)];
    switch (kind) {
      case "details":
        return computedFeed(() => this.rooms.details(id), this.#changesOf(id));
      case "permissions":
        return computedFeed(() => this.permissions(id), this.#changesOf(id));
      case "members":
        return this.#membersFeed(id);
      case "timeline": {
        const window = this.timelines.find(id);
        return window && timelineFeed(window.state);
      }
      default:
        return undefined;
    }
  }

  /** Facts that a summary does not show change with it too: all are told, few are watched. */
  #changesOf(roomID: RoomID): (listener: () => void) => () => void {
    return (listener) => {
      const entry = { roomID, listener };
      this.#roomListeners.add(entry);
      return () => void this.#roomListeners.delete(entry);
    };
  }

  readonly #roomListeners = new Set<{ roomID: RoomID; listener: () => void }>();

  /** The list is kept up only while somebody watches it: it may be long. */
  #membersFeed(roomID: RoomID): Feed {
    const listing = this.#listings.get(roomID) ?? new MemberListing(
      this.members,
      this.self,
      () => this.rooms.record(roomID),
      (room) => this.rooms.set([room]),
    );
    this.#listings.set(roomID, listing);
    void listing.refresh();
    const feed = membersFeed(listing.state);
    return {
      snapshot: () => feed.snapshot(),
      subscribe: (listener) => {
        const stop = feed.subscribe(listener);
        listing.watchers += 1;
        return () => {
          stop();
          listing.watchers -= 1;
          if (listing.watchers === 0) this.#listings.delete(roomID);
        };
      },
    };
  }

  // What sync brings.

  async #apply(answer: SyncAnswer, request: number): Promise<void> {
    const wasReady = this.isReady;
    const change = await this.#store(answer);
    if (this.#stopped.signal.aborted) return;
    this.#syncToken = answer.nextBatch;
    this.#tell(change);
    await this.queue.caughtUp(request);
    if (!wasReady) this.parts.onReady();
    await this.#showTyping(change);
  }

  async #store(answer: SyncAnswer): Promise<SyncChange> {
    try {
      return await applySync(this.database, answer, {
        self: this.self,
        sentKeys: this.queue.sentKeys(),
        queue: this.queue.byKey,
        now: this.clock.now(),
      });
    } catch (error) {
      if (!isQuota(error)) throw error;
      // What can be fetched again makes room for what is new.
      await this.#startOver();
      throw new Failure("DISK_FULL", "This browser has no room left.");
    }
  }

  /** Told in one go, so that nobody draws half of it. */
  #tell(change: SyncChange): void {
    for (const { room, members } of change.rooms) this.members.changed(room.id, members);
    // Account data first: whether a room is a direct message decides where it stands.
    this.#takeAccountData(change.accountData);
    this.rooms.set(change.rooms.map(({ room }) => room));
    for (const part of change.rooms) {
      this.timelines.changed(part);
      this.#roomChanged(part.room.id);
      this.#noticeOwnName(part.members);
      if (part.members.length > 0) void this.#listings.get(part.room.id)?.refresh();
    }
    // After the windows know the events: an echo is never gone before its event is there.
    this.queue.delivered(change.delivered);
    for (const { room, appended } of change.rooms) {
      const keys = appended.flatMap(({ txnID }) => txnID ?? []);
      if (keys.some((key) => change.delivered.has(key))) this.timelines.redraw(room.id);
    }
  }

  /** One's own name, changed on another device, comes by the rooms that one is in. */
  #noticeOwnName(members: readonly MemberRecord[]): void {
    const mine = members.find(({ userID }) => userID === this.self);
    const { name, avatar } = this.profile.get();
    if (mine?.membership !== "join" || (mine.name === name && mine.avatar === avatar)) return;
    // A name may be for one room alone: the profile itself decides.
    this.#fetchProfile().catch(() => {});
  }

  #roomChanged(roomID: RoomID): void {
    for (const entry of [...this.#roomListeners]) if (entry.roomID === roomID) entry.listener();
  }

  async #showTyping(change: SyncChange): Promise<void> {
    for (const { room, typing } of change.rooms) {
      if (typing === undefined) continue;
      const others = typing.filter((id) => id !== this.self).slice(0, 20)
        .filter((id) => !this.ignoredUsers.get().includes(id));
      await this.members.load(room.id, others);
      this.rooms.setTyping(room.id, others.map((id) => this.members.person(room.id, id)));
    }
  }

  #takeAccountData(records: readonly AccountDataRecord[]): void {
    for (const { type, content } of records) {
      this.#accountData.set(type, content);
      switch (type) {
        case "m.direct":
          this.rooms.setDirect(directRooms(content));
          break;
        case "m.push_rules":
          this.rooms.setRules(content);
          this.notifications.set(generalLevel(content));
          break;
        case "m.ignored_user_list": {
          const ignored = ignoredUsers(content);
          if (isEqual(ignored, this.ignoredUsers.get())) break;
          this.ignoredUsers.set(ignored);
          this.timelines.redrawAll();
          break;
        }
      }
    }
  }

  /** Rooms that were left in an earlier session: nobody looks at them any more. */
  async #forgetLeft(): Promise<void> {
    for (const { id, membership } of [...this.rooms.records]) {
      if (membership === "leave" || membership === "ban") await this.forgetRoom(id);
    }
  }

  /** Forgets what came by sync, but not what waits to be sent. */
  async #startOver(): Promise<void> {
    const stores = ["accountData", "rooms", "members", "state", "events", "receipts"] as const;
    await this.database.write([...stores, "meta"], (tx) => {
      for (const store of stores) tx.delete(store, { lower: -Infinity, upper: [[]] });
      tx.delete("meta", "syncToken");
      return Promise.resolve();
    });
    this.#syncToken = undefined;
    for (const { id } of [...this.rooms.records]) {
      this.members.forget(id);
      this.rooms.remove(id);
    }
    this.timelines.reopenAll();
  }

  // What is asked once.

  /** Fetches what sync does not tell: one's own profile, and the server's limits. */
  async #fetchAbout(): Promise<void> {
    await Promise.allSettled([this.#fetchProfile(), this.#fetchLimits()]);
  }

  async #fetchProfile(): Promise<void> {
    const answer = await this.server.get(path`/v3/profile/${this.self}`);
    const profile = profileIn(answer, this.self);
    if (isEqual(profile, this.profile.get())) return;
    await this.#remember({ name: "profile", value: profile });
    this.profile.set(profile);
  }

  async #fetchLimits(): Promise<void> {
    const [config, answer] = await Promise.all([
      this.server.get("/v1/media/config").catch(() => ({})),
      this.server.get("/v3/capabilities"),
    ]);
    const capabilities = field(answer, "capabilities");
    const isAllowed = (name: string) => booleanIn(field(capabilities, name), "enabled") !== false;
    const value: ServerLimits = {
      ...optional("maxUploadBytes", integerIn(config, "m.upload.size")),
      canChangePassword: isAllowed("m.change_password"),
      canChangeDisplayName: isAllowed("m.set_displayname"),
      canChangeAvatar: isAllowed("m.set_avatar_url"),
    };
    if (isEqual(value, this.limits.get())) return;
    await this.#remember({ name: "limits", value });
    this.limits.set(value);
  }

  #recall(meta: readonly MetaRecord[]): void {
    for (const record of meta) {
      if (record.name === "syncToken") this.#syncToken = record.value;
      else if (record.name === "profile") this.profile.set(record.value);
      else if (record.name === "limits") this.limits.set(record.value);
      else if (record.name === "preferences") this.preferences.set(record.value);
    }
  }

  async #remember(record: MetaRecord): Promise<void> {
    await this.database.write(["meta"], (tx) => Promise.resolve(tx.put("meta", record)));
  }
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

export function profileIn(answer: JsonObject, id: UserID): Profile {
  return {
    id,
    ...optional("name", cleanName(stringIn(answer, "displayname"))),
    ...optional("avatar", asMediaURI(field(answer, "avatar_url"))),
  };
}
