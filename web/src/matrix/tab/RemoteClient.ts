import { Cell } from "../../platform/Cell.ts";
import { isEqual, reuse } from "../../platform/equal.ts";
import type {
  Account,
  Answer,
  Authentication,
  Client,
  Connection,
  Directory,
  GeneralNotifications,
  Interactive,
  NewAccount,
  NewRoom,
  Preferences,
  Profile,
  PublicRoomsPage,
  PublicRoomsQuery,
  RoomID,
  Rooms,
  RoomSections,
  RoomSummary,
  RoomTotals,
  Search,
  Security,
  ServerLimits,
  SessionState,
  SignInMethods,
  SignUpOffer,
  Store,
  UserID,
  UserSearch,
} from "../contract.ts";
import type { FeedName, SummariesPatch } from "../engine/feeds.ts";
import type { EngineLink, Watcher } from "./EngineLink.ts";
import { FeedStore } from "./FeedStore.ts";
import { RemoteMedia } from "./RemoteMedia.ts";
import { RemoteRoom } from "./RemoteRoom.ts";
import { RemoteSearch } from "./RemoteSearch.ts";
import { RemoteSecurity } from "./RemoteSecurity.ts";

/** The client as views see it, over the line to the engine. */
export class RemoteClient implements Client {
  readonly session: Store<SessionState>;
  readonly connection: Store<Connection>;
  readonly authentication: Authentication;
  readonly rooms: Rooms;
  readonly directory: Directory;
  readonly search: Search;
  readonly account: Account;
  readonly media: RemoteMedia;
  readonly security: Store<Security | undefined>;

  constructor(link: EngineLink, deviceName: string, unique: () => string) {
    const value = <T>(name: FeedName, initial: T): FeedStore<T> => {
      const store = new FeedStore<T>(link, name, initial);
      // These are on every screen: they are watched as long as the tab lives.
      store.keep();
      return store;
    };
    this.session = value<SessionState>("session", { phase: "opening" });
    this.connection = value<Connection>("connection", { status: "connecting" });
    this.authentication = new RemoteAuthentication(link, value("server", ""), deviceName);
    this.media = new RemoteMedia(link);
    this.rooms = new RemoteRooms(
      link,
      this.media,
      value<RoomSections>("sections", noSections),
      value<RoomTotals>("totals", { unreadRooms: 0, highlights: 0, invites: 0 }),
      unique,
    );
    this.directory = new RemoteDirectory(link);
    this.search = new RemoteSearch(link, unique);
    this.security = security(link, value<boolean | undefined>("encryption", undefined));
    this.account = new RemoteAccount(
      link,
      value<Profile>("profile", { id: "" }),
      value<Preferences>("preferences", { sendsReceipts: true, sendsTyping: true }),
      value<readonly UserID[]>("ignoredUsers", []),
      value<GeneralNotifications>("notifications", "all"),
      value<ServerLimits>("limits", {
        canChangePassword: true,
        canChangeDisplayName: true,
        canChangeAvatar: true,
      }),
    );
  }
}

/** There as long as the engine encrypts. */
function security(link: EngineLink, isOn: Store<boolean | undefined>) {
  const remote = new RemoteSecurity(link);
  const now = () => isOn.get() === true ? remote : undefined;
  return { get: now, subscribe: isOn.subscribe };
}

class RemoteAuthentication implements Authentication {
  constructor(
    private readonly link: EngineLink,
    readonly server: Store<string>,
    private readonly deviceName: string,
  ) {}

  setServer(baseURL: string): Promise<void> {
    return this.link.call("setServer", baseURL);
  }
  signInMethods(): Promise<SignInMethods> {
    return this.link.call("signInMethods");
  }
  signIn(user: string, password: string): Promise<void> {
    return this.link.call("signIn", user, password, this.deviceName);
  }
  signInWithToken(token: string): Promise<void> {
    return this.link.call("signInWithToken", token, this.deviceName);
  }
  signUpOffer(): Promise<SignUpOffer> {
    return this.link.call("signUpOffer");
  }
  checkUsername(username: string): Promise<void> {
    return this.link.call("checkUsername", username);
  }
  signUp(account: NewAccount, answer?: Answer): Promise<Interactive> {
    return this.link.call("signUp", account, this.deviceName, answer);
  }
  retryNow(): void {
    this.link.tell("retryNow");
  }
  signOut(): Promise<void> {
    return this.link.call("signOut");
  }
}

class RemoteRooms implements Rooms, Watcher {
  readonly #rooms = new Map<RoomID, RemoteRoom>();
  readonly #summaries = new Map<RoomID, Cell<RoomSummary | undefined>>();

  constructor(
    private readonly link: EngineLink,
    private readonly media: RemoteMedia,
    readonly sections: Store<RoomSections>,
    readonly totals: Store<RoomTotals>,
    private readonly unique: () => string,
  ) {
    link.watch("summaries", this);
  }

  room(id: RoomID): RemoteRoom {
    const known = this.#rooms.get(id);
    if (known !== undefined) return known;
    const room = new RemoteRoom(id, this.#summary(id), this.link, this.media, this.unique);
    this.#rooms.set(id, room);
    return room;
  }

  create(request: NewRoom): Promise<RoomID> {
    return this.link.call("createRoom", request);
  }
  startDirect(userID: UserID): Promise<RoomID> {
    return this.link.call("startDirect", userID);
  }
  join(idOrAlias: string, via: readonly string[] = []): Promise<RoomID> {
    return this.link.call("join", idOrAlias, via);
  }
  knock(idOrAlias: string, reason?: string, via: readonly string[] = []): Promise<RoomID> {
    return this.link.call("knock", idOrAlias, reason, via);
  }

  // The feed of summaries, which each room's own store follows.

  prepare(): void {}

  snapshot(value: unknown): void {
    const { set } = value as SummariesPatch;
    const now = new Set(set.map(({ id }) => id));
    for (const [id, cell] of this.#summaries) if (!now.has(id)) cell.set(undefined);
    this.#set(set);
  }

  patch(patch: unknown): void {
    const { set, removed } = patch as SummariesPatch;
    this.#set(set);
    for (const id of removed) this.#summaries.get(id)?.set(undefined);
  }

  gone(): void {
    for (const cell of this.#summaries.values()) cell.set(undefined);
  }

  #set(summaries: readonly RoomSummary[]): void {
    for (const summary of summaries) {
      const cell = this.#summary(summary.id);
      if (!isEqual(cell.get(), summary)) cell.set(reuse(cell.get() ?? summary, summary));
    }
  }

  #summary(id: RoomID): Cell<RoomSummary | undefined> {
    const known = this.#summaries.get(id);
    if (known !== undefined) return known;
    const cell = new Cell<RoomSummary | undefined>(undefined);
    this.#summaries.set(id, cell);
    return cell;
  }
}

class RemoteDirectory implements Directory {
  constructor(private readonly link: EngineLink) {}

  publicRooms(query: PublicRoomsQuery): Promise<PublicRoomsPage> {
    return this.link.call("publicRooms", query);
  }
  findUsers(query: string, limit = 20): Promise<UserSearch> {
    return this.link.call("findUsers", query, limit);
  }
  profile(userID: UserID): Promise<Profile> {
    return this.link.call("fetchProfile", userID);
  }
}

class RemoteAccount implements Account {
  constructor(
    private readonly link: EngineLink,
    readonly profile: Store<Profile>,
    readonly preferences: Store<Preferences>,
    readonly ignoredUsers: Store<readonly UserID[]>,
    readonly notifications: Store<GeneralNotifications>,
    readonly limits: Store<ServerLimits>,
  ) {}

  setDisplayName(name: string): Promise<void> {
    return this.link.call("setDisplayName", name);
  }
  setAvatar(picture: Blob | undefined): Promise<void> {
    return this.link.call("setAvatar", picture);
  }
  setPreferences(changes: Partial<Preferences>): Promise<void> {
    return this.link.call("setPreferences", changes);
  }
  setIgnored(userID: UserID, isIgnored: boolean): Promise<void> {
    return this.link.call("setIgnored", userID, isIgnored);
  }
  setNotifications(level: GeneralNotifications): Promise<void> {
    return this.link.call("setNotifications", level);
  }
  devices() {
    return this.link.call("devices");
  }
  renameDevice(deviceID: string, name: string): Promise<void> {
    return this.link.call("renameDevice", deviceID, name);
  }
  endDevices(deviceIDs: readonly string[], answer?: Answer): Promise<Interactive> {
    return this.link.call("endDevices", deviceIDs, answer);
  }
  changePassword(
    password: string,
    endsOtherDevices: boolean,
    answer?: Answer,
  ): Promise<Interactive> {
    return this.link.call("changePassword", password, endsOtherDevices, answer);
  }
  deactivate(erase: boolean, answer?: Answer): Promise<Interactive> {
    return this.link.call("deactivate", erase, answer);
  }
}

const noSections: RoomSections = {
  invites: [],
  favourites: [],
  direct: [],
  rooms: [],
  lowPriority: [],
  knocks: [],
  spaces: [],
};
