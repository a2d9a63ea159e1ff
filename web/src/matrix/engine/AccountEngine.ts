import { PinnedIdentities } from "../../crypto/crosssigning/PinnedIdentities.ts";
import type { ReceivedToDevice } from "../../crypto/todevice/ToDeviceInbox.ts";
import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { startingWith } from "../../platform/Database.ts";
import { isEqual } from "../../platform/equal.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { asMediaURI, asUserID } from "../api/identifiers.ts";
import {
  booleanIn,
  field,
  integerIn,
  type JsonObject,
  objectIn,
  optional,
  stringIn,
  stringsIn,
} from "../api/json.ts";
import {
  type Connection,
  Failure,
  type GeneralNotifications,
  type MediaURI,
  type Person,
  type Preferences,
  type Profile,
  type RoomID,
  type ServerLimits,
  type UserID,
} from "../contract.ts";
import { AccountSecurity } from "../encryption/AccountSecurity.ts";
import { Encryption } from "../encryption/Encryption.ts";
import { HomeserverKeys } from "../encryption/HomeserverKeys.ts";
import { isEncrypted } from "../encryption/plainForm.ts";
import { HomeserverSecrets } from "../encryption/HomeserverSecrets.ts";
import { SecretVault } from "../encryption/SecretVault.ts";
import { Downloads } from "../media/Downloads.ts";
import type { Uploads } from "../media/Uploads.ts";
import { MemberListing } from "../rooms/MemberListing.ts";
import { directRooms, ignoredUsers, Members } from "../rooms/Members.ts";
import { cleanName, personOf } from "../rooms/names.ts";
import { noPermissions, permissions } from "../rooms/power.ts";
import { generalLevel } from "../rooms/pushRules.ts";
import { createDirect } from "../rooms/roomActions.ts";
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
import { applySync, type MoreWrites, type SyncChange } from "../sync/applySync.ts";
import type { SyncAnswer } from "../sync/SyncAnswer.ts";
import { SyncLoop } from "../sync/SyncLoop.ts";
import { History } from "../timeline/History.ts";
import type { Event } from "../timeline/parseEvent.ts";
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
  /** There is something to show. Called once. */
  readonly onReady: () => void;
};

/** What an account is opened with, besides its parts. */
type Opened = {
  readonly rooms: RoomList;
  readonly members: Members;
  readonly encryption: Encryption;
  readonly identities: PinnedIdentities;
  readonly vault: SecretVault;
};

/** All that runs for one signed-in account. */
export class AccountEngine {
  readonly rooms: RoomList;
  readonly members: Members;
  readonly history: History;
  readonly encryption: Encryption;
  readonly security: AccountSecurity;
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

  private constructor(
    private readonly parts: AccountParts,
    readonly database: AccountDatabase,
    { rooms, members, encryption, identities, vault }: Opened,
  ) {
    const { self, server, clock, uploads } = parts;
    this.self = self;
    this.deviceID = parts.deviceID;
    this.server = server;
    this.clock = clock;
    this.uploads = uploads;
    this.profile = new Cell<Profile>({ id: self });
    this.rooms = rooms;
    this.members = members;
    this.encryption = encryption;
    this.history = new History(database, server, members, encryption.reader.read);
    this.#sync = new SyncLoop(server, clock, parts.connection, {
      token: () => this.#syncToken,
      apply: (answer, request) => this.#apply(answer, request),
      startOver: () => this.#startOver(),
    });
    this.queue = new SendQueue(
      database,
      server,
      uploads,
      clock,
      encryption,
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
    this.security = new AccountSecurity({
      ...{ self, deviceID: parts.deviceID, clock, encryption, identities, vault },
      keys: new HomeserverKeys(server),
      secrets: new HomeserverSecrets(server, self),
      accountData: this.#accountData,
      isSynced: () => this.isReady,
      rooms: () => this.#roomsByActivity(),
      person: (userID) => this.#personAnywhere(userID),
      membersOf: async (roomID) =>
        (await members.all(roomID)).filter(({ membership }) => {
          return membership === "join" || membership === "invite";
        }).map(({ userID }) => userID),
      say: async (roomID, type, content) => {
        const key = crypto.randomUUID();
        await this.queue.add(roomID, key, { kind: "event", type, content });
        return await this.queue.outcome(key);
      },
      directWith: (userID) => this.startDirect(userID),
      onChange: () => this.timelines.rereadAll(),
    });
    encryption.listen({
      onReadable: (roomIDs) => this.#reread(roomIDs),
      onMissing: (sessions) => this.security.backup.seek(sessions),
      why: (reason, event) => this.security.why(reason, event),
      onPeople: (userIDs) => this.security.peopleChanged(userIDs),
      work: () => this.security.work(),
      onNewKeys: () => this.security.backup.nudge(),
    });
    encryption.isOn.subscribe(() => {
      this.queue.retryNow();
      this.timelines.redrawAll();
      for (const { id } of this.rooms.records) this.#roomChanged(id);
    });
    // Who typed when the line went dead may be long gone.
    parts.connection.subscribe(() => {
      if (parts.connection.get().status === "offline") this.rooms.clearTyping();
    });
  }

  /** Opens what is stored. When something is, it can be shown at once. */
  static async open(parts: AccountParts): Promise<AccountEngine> {
    const database = await AccountDatabase.claim(parts.database);
    const { self, deviceID, server, clock } = parts;
    const rooms = new RoomList(self);
    const members = new Members(database, server);
    const identities = new PinnedIdentities(self);
    const encryption = await Encryption.open({
      ...{ self, deviceID, database, server, clock, members, identities },
      room: (id) => rooms.record(id),
      stored: (room) => rooms.set([room]),
    });
    const vault = await SecretVault.open(database, encryption.machine.account.sealingKey);
    const engine = new AccountEngine(parts, database, {
      ...{ rooms, members, encryption, identities, vault },
    });
    const [meta, accountData, stored] = await database.read(
      ["meta", "accountData", "rooms"],
      (tx) => Promise.all([tx.getAll("meta"), tx.getAll("accountData"), tx.getAll("rooms")]),
    );
    engine.#recall(meta);
    engine.#takeAccountData(accountData);
    engine.rooms.set(stored);
    void engine.#reread(new Set(stored.map(({ id }) => id)));
    void engine.security.refresh();
    return engine;
  }

  get isReady(): boolean {
    return this.#syncToken !== undefined;
  }

  /** Runs until `stop`, or until the server or another engine ends it: then it throws why. */
  async run(): Promise<void> {
    void this.#fetchAbout();
    this.encryption.nudge();
    await this.#forgetLeft();
    await this.queue.start();
    await this.#sync.run(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped.abort();
    this.queue.stop();
    this.encryption.stop();
    this.security.stop();
    this.database.close();
  }

  retryNow(): void {
    this.#sync.retryNow();
    this.queue.retryNow();
    this.encryption.retryNow();
    this.security.backup.retryNow();
  }

  networkChanged(): void {
    this.#sync.networkChanged();
    this.queue.retryNow();
    this.encryption.retryNow();
    this.security.backup.retryNow();
  }

  permissions(roomID: RoomID) {
    const room = this.rooms.record(roomID);
    return room === undefined ? noPermissions : permissions(
      room.facts,
      this.self,
      room.membership === "join",
      this.encryption.isOn.get() !== false,
    );
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

  async setWritesToUnconfirmed(value: boolean): Promise<void> {
    await this.#remember({ name: "writesToUnconfirmed", value });
    this.encryption.writesToUnconfirmed.set(value);
    this.queue.retryNow();
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

  /** The direct message with this person: the one that exists, or a new one. */
  async startDirect(userID: UserID): Promise<RoomID> {
    if (asUserID(userID) === undefined) throw new Failure("M_INVALID_PARAM", "Not a user ID.");
    for (const id of this.rooms.directWith(userID)) {
      const record = this.rooms.record(id);
      if (record?.membership !== "join" || record.facts.isReplaced) continue;
      // One that the other has left is none any more.
      const other = await this.database.read(["members"], (tx) => tx.get("members", [id, userID]));
      if (other?.membership === "join" || other?.membership === "invite") return id;
    }
    const id = await createDirect(this.server, userID, this.encryption.isOn.get() === true);
    await this.addDirect(userID, id);
    return id;
  }

  async addDirect(userID: UserID, roomID: RoomID): Promise<void> {
    const direct = new Map(Object.entries(this.accountData("m.direct") ?? {}));
    const mine = stringsIn({ rooms: direct.get(userID) }, "rooms");
    if (mine.includes(roomID)) return;
    direct.set(userID, [...mine, roomID]);
    await this.setAccountData("m.direct", Object.fromEntries(direct));
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
      case "encryption":
        return valueFeed(this.encryption.isOn);
      case "security":
        return valueFeed(this.security.state);
      case "backup":
        return valueFeed(this.security.backup.state);
      case "comparisons":
        return valueFeed(this.security.comparisons);
      case "confirmedDevices":
        return valueFeed(this.security.confirmedDevices);
      case "writesToUnconfirmed":
        return valueFeed(this.encryption.writesToUnconfirmed);
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
      case "trust":
        return valueFeed(this.security.people.person(id));
      case "changed":
        return valueFeed(this.security.people.changedIn(id));
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
    const { change, toDevice } = await this.encryption.receive(
      answer,
      (more) => this.#store(answer, more),
    );
    if (this.#stopped.signal.aborted) return;
    this.#syncToken = answer.nextBatch;
    this.#tell(change, await this.#plainPreviews(change.rooms.map(({ room }) => room)));
    await this.queue.caughtUp(request);
    if (!wasReady) this.parts.onReady();
    this.encryption.nudge();
    // Answers to what came may take requests of their own, which no sync waits for.
    void this.#hear(change, toDevice);
    await this.#showTyping(change);
  }

  async #hear(change: SyncChange, toDevice: readonly ReceivedToDevice[]): Promise<void> {
    try {
      await this.security.hear(toDevice);
      for (const { room, appended } of change.rooms) {
        for (const { id, type, sender, ts, content } of await this.history.read(appended)) {
          const event = { event_id: id, type, sender, origin_server_ts: ts, content };
          await this.security.compare(event, room.id);
        }
      }
      await this.security.refresh();
    } catch (error) {
      if (!this.#stopped.signal.aborted) console.error(error);
    }
  }

  async #store(answer: SyncAnswer, more: MoreWrites | undefined): Promise<SyncChange> {
    try {
      return await applySync(this.database, answer, {
        self: this.self,
        sentKeys: this.queue.sentKeys(),
        queue: this.queue.byKey,
        now: this.clock.now(),
        plain: (event) => this.encryption.reader.known(event),
      }, more);
    } catch (error) {
      if (!isQuota(error)) throw error;
      // What can be fetched again makes room for what is new.
      await this.#startOver();
      throw new Failure("DISK_FULL", "This browser has no room left.");
    }
  }

  /** Told in one go, so that nobody draws half of it. */
  #tell(change: SyncChange, plain: readonly Event[]): void {
    for (const { room, members } of change.rooms) this.members.changed(room.id, members);
    // Account data first: whether a room is a direct message decides where it stands.
    this.#takeAccountData(change.accountData);
    this.rooms.set(change.rooms.map(({ room }) => room), plain);
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

  /** Messages that could not be read before may be by now: in the windows, and in the list. */
  async #reread(roomIDs: ReadonlySet<RoomID>): Promise<void> {
    for (const roomID of roomIDs) this.timelines.reread(roomID);
    const records = [...roomIDs].flatMap((id) => this.rooms.record(id) ?? []);
    try {
      const plain = await this.#plainPreviews(records);
      // As they are by now.
      this.rooms.set(records.flatMap(({ id }) => this.rooms.record(id) ?? []), plain);
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
    }
  }

  /** What the previews of these rooms say that are encrypted. */
  async #plainPreviews(records: readonly RoomRecord[]): Promise<readonly Event[]> {
    const previews = records.flatMap(({ preview, previewEdit }) => {
      return preview === undefined ? [] : [{ preview, previewEdit }];
    }).filter(({ preview }) => isEncrypted(preview));
    const [plain, edits] = await Promise.all([
      this.encryption.reader.read(previews.map(({ preview }) => preview)),
      this.encryption.reader.read(previews.flatMap(({ previewEdit }) => previewEdit ?? [])),
    ]);
    return plain.map((event): Event => {
      const edit = edits.find(({ relatesTo, type }) => {
        return relatesTo === event.id && type === event.type;
      });
      const content = objectIn(edit?.content, "m.new_content");
      if (edit === undefined || content === undefined) return event;
      return { ...event, bundledEdit: { id: edit.id, ts: edit.ts, content } };
    });
  }

  #roomsByActivity(): readonly RoomID[] {
    return [...this.rooms.records].sort((a, b) => b.activityTS - a.activityTS)
      .map(({ id }) => id);
  }

  /** As they are called in some room that both are in. */
  #personAnywhere(userID: UserID): Person {
    for (const { id, faces } of this.rooms.records) {
      const known = this.members.member(id, userID);
      const face = faces.find((face) => face.id === userID);
      const name = known?.name ?? face?.name;
      if (name !== undefined) return personOf(userID, name, known?.avatar ?? face?.avatar, false);
    }
    const { name, avatar } = this.profile.get();
    return userID === this.self
      ? personOf(userID, name, avatar, false)
      : personOf(userID, undefined, undefined, false);
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
    await this.database.write([...stores, "meta", "people"], async (tx) => {
      for (const store of stores) tx.delete(store, { lower: -Infinity, upper: [[]] });
      tx.delete("meta", "syncToken");
      await this.encryption.startOver(tx);
    });
    this.encryption.machine.lists.forget();
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
      else if (record.name === "encryption") this.encryption.isOn.set(record.value || undefined);
      else if (record.name === "writesToUnconfirmed") {
        this.encryption.writesToUnconfirmed.set(record.value);
      }
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
