import type {
  Account,
  Authentication,
  Client,
  Connection,
  Directory,
  GeneralNotifications,
  Media,
  MediaSource,
  MediaState,
  NewRoom,
  Preferences,
  Profile,
  RoomID,
  Rooms,
  RoomSections,
  RoomSummary,
  RoomTotals,
  Security,
  ServerLimits,
  SessionState,
  Store,
  UserID,
} from "../contract.ts";
import { Failure } from "../contract.ts";
import { Cell } from "../../platform/Cell.ts";
import { FakeRoom } from "./FakeRoom.ts";
import { fakeSummaries } from "./fakeRooms.ts";
import { FakeSearch } from "./FakeSearch.ts";
import { FakeSecurity, type FakeSecurityOption } from "./FakeSecurity.ts";
import { people, person, self } from "./people.ts";

export type FakeOptions = {
  /** False: begins at the sign-in page; any name and any password but « faux » will do. */
  readonly isSignedIn?: boolean;
  /** Messages in the first room. */
  readonly messages?: number;
  /** How many of them come at a time. */
  readonly page?: number;
  readonly connection?: Connection;
  /** More rooms, to see a long list. */
  readonly extraRooms?: number;
  /** Where the account stands with its recovery code. */
  readonly security?: FakeSecurityOption;
};

/** A client on sample data in memory, to develop and test views without a server. */
export function fakeClient(options: FakeOptions = {}): Client {
  const ready: SessionState = { phase: "ready", userID: self.id, deviceID: "FAKE" };
  const session = new Cell<SessionState>(
    options.isSignedIn === false ? { phase: "signed-out" } : ready,
  );
  const enter = async (password: string) => {
    await pause(300);
    if (password === "faux") throw new Failure("M_FORBIDDEN", "Invalid password.", { status: 403 });
    session.set(ready);
  };
  const rooms = new FakeRooms(options.messages ?? 400, options.extraRooms ?? 0, options.page);
  return {
    session,
    connection: new Cell(options.connection ?? { status: "online" }),
    authentication: fakeAuthentication(session, enter),
    rooms,
    directory: fakeDirectory,
    search: new FakeSearch(() => rooms.all()),
    account: fakeAccount(),
    media: new FakeMedia(),
    security: new Cell<Security | undefined>(new FakeSecurity(options.security ?? "ready")),
  };
}

const files = new Map<string, Blob>();

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function fakeAuthentication(
  session: Cell<SessionState>,
  enter: (password: string) => Promise<void>,
): Authentication {
  return {
    server: new Cell("http://localhost:8008"),
    setServer: () => Promise.resolve(),
    signInMethods: () => Promise.resolve({ password: true, singleSignOn: [] }),
    signIn: (_user, password) => enter(password),
    signInWithToken: () => enter(""),
    signUpOffer: () => Promise.resolve({ open: true, flows: [["m.login.dummy"]] }),
    checkUsername: (name) =>
      name === "amelie"
        ? Promise.reject(new Failure("M_USER_IN_USE", "Taken.", { status: 400 }))
        : Promise.resolve(),
    signUp: async (account) => {
      await enter(account.password);
      return { done: true };
    },
    retryNow: () => {},
    signOut: () => {
      session.set({ phase: "signed-out", ended: "left" });
      return Promise.resolve();
    },
  };
}

class FakeRooms implements Rooms {
  readonly sections: Cell<RoomSections>;
  readonly totals: Cell<RoomTotals>;
  readonly #rooms = new Map<RoomID, FakeRoom>();

  constructor(messages: number, extra: number, private readonly page: number | undefined) {
    const summaries = fakeSummaries(Date.now());
    const last = summaries[2];
    for (let index = 0; last !== undefined && index < extra; index++) {
      const name = { kind: "own", text: `Groupe de travail ${index + 1}` } as const;
      summaries.push({ ...last, id: `!groupe${index}:culture.example`, name });
    }
    summaries.forEach((summary, index) => this.#add(summary, index === 0 ? messages : 20));
    this.sections = new Cell(this.#sorted());
    this.totals = new Cell(this.#counted());
  }

  room(id: RoomID): FakeRoom {
    return this.#rooms.get(id) ?? this.#add(
      { ...(fakeSummaries(0)[4] as RoomSummary), id, membership: "leave" },
      0,
    );
  }

  all(): Iterable<FakeRoom> {
    return this.#rooms.values();
  }

  async create(request: NewRoom): Promise<RoomID> {
    await pause(300);
    const id = `!room${this.#rooms.size}:culture.example`;
    this.#add({
      ...(fakeSummaries(Date.now())[2] as RoomSummary),
      id,
      name: request.name === undefined
        ? { kind: "empty", formerly: [] }
        : { kind: "own", text: request.name },
      topic: request.topic ?? "",
      isPublic: request.access === "public",
      joinedCount: 1,
      lastActivityTS: Date.now(),
    }, 0);
    this.#changed();
    return id;
  }

  startDirect(userID: UserID): Promise<RoomID> {
    for (const room of this.#rooms.values()) {
      if (room.summary.get()?.directUserID === userID) return Promise.resolve(room.id);
    }
    return this.create({ access: "private", name: userID });
  }

  join(id: string): Promise<RoomID> {
    const room = this.room(id);
    room.summary.update((summary) => {
      if (summary === undefined) return undefined;
      const { invitation: _, ...rest } = summary;
      return { ...rest, membership: "join" };
    });
    return Promise.resolve(room.id);
  }

  knock(id: string): Promise<RoomID> {
    return Promise.resolve(id);
  }

  #add(summary: RoomSummary, messages: number): FakeRoom {
    const room = new FakeRoom(summary, messages, files, this.page);
    this.#rooms.set(summary.id, room);
    room.summary.subscribe(() => this.#changed());
    return room;
  }

  #changed(): void {
    const next = this.#sorted();
    if (JSON.stringify(next) !== JSON.stringify(this.sections.get())) this.sections.set(next);
    const totals = this.#counted();
    if (JSON.stringify(totals) !== JSON.stringify(this.totals.get())) this.totals.set(totals);
  }

  #sorted(): RoomSections {
    const sections: Record<keyof RoomSections, RoomID[]> = {
      invites: [],
      favourites: [],
      direct: [],
      rooms: [],
      lowPriority: [],
      knocks: [],
      spaces: [],
    };
    for (const room of this.#rooms.values()) {
      const summary = room.summary.get();
      if (summary?.membership === "invite") sections.invites.push(room.id);
      else if (summary?.membership !== "join") continue;
      else if (summary.isFavourite) sections.favourites.push(room.id);
      else if (summary.isLowPriority) sections.lowPriority.push(room.id);
      else if (summary.isDirect) sections.direct.push(room.id);
      else sections.rooms.push(room.id);
    }
    return sections;
  }

  #counted(): RoomTotals {
    const all = [...this.#rooms.values()].flatMap((room) => room.summary.get() ?? []);
    return {
      unreadRooms: all.filter((room) => room.unreadCount > 0 && room.notifications !== "mute")
        .length,
      highlights: all.reduce((sum, room) => sum + room.highlightCount, 0),
      invites: all.filter((room) => room.membership === "invite").length,
    };
  }
}

const fakeDirectory: Directory = {
  publicRooms: async ({ search = "", from }) => {
    await pause(200);
    const start = Number(from ?? 0);
    const all = Array.from({ length: 45 }, (_, index) => ({
      id: `!public${index}:culture.example`,
      name: index === 0 ? "Communauté des agents publics" : `Salon thématique n° ${index}`,
      alias: `#theme-${index}:culture.example`,
      topic: "Un salon ouvert à tous les agents",
      joinedCount: 4200 - index * 40,
      isWorldReadable: index % 2 === 0,
      joinRule: "public" as const,
    })).filter((room) => room.name.toLowerCase().includes(search.toLowerCase()));
    return {
      rooms: all.slice(start, start + 20),
      total: all.length,
      ...(start + 20 < all.length ? { next: String(start + 20) } : {}),
    };
  },
  findUsers: async (query) => {
    await pause(150);
    const wanted = query.toLowerCase();
    const users = people.filter((one) => one.name.toLowerCase().includes(wanted));
    return { users, isLimited: false };
  },
  profile: (id) => Promise.resolve(people.find((one) => one.id === id) ?? { id }),
};

function fakeAccount(): Account {
  const profile = new Cell<Profile>(self);
  const preferences = new Cell<Preferences>({ sendsReceipts: true, sendsTyping: true });
  const ignored = new Cell<readonly UserID[]>([]);
  const notifications = new Cell<GeneralNotifications>("all");
  return {
    profile,
    preferences,
    ignoredUsers: ignored,
    notifications,
    limits: new Cell<ServerLimits>({
      maxUploadBytes: 100_000_000,
      canChangePassword: true,
      canChangeDisplayName: true,
      canChangeAvatar: true,
    }),
    setDisplayName: (name) => Promise.resolve(profile.update((old) => ({ ...old, name }))),
    setAvatar: () => Promise.resolve(),
    setPreferences: (changes) =>
      Promise.resolve(preferences.update((old) => ({ ...old, ...changes }))),
    setIgnored: (id, isIgnored) =>
      Promise.resolve(
        ignored.update((old) => isIgnored ? [...old, id] : old.filter((one) => one !== id)),
      ),
    setNotifications: (level) => Promise.resolve(notifications.set(level)),
    devices: () =>
      Promise.resolve([
        { id: "FAKE", name: "Firefox sur Linux", lastSeenTS: Date.now(), isCurrent: true },
        { id: "PHONE", name: "Téléphone", lastSeenTS: Date.now() - 86_400_000, isCurrent: false },
        { id: "OLD", name: "Poste du bureau", lastSeenTS: Date.now() - 6e8, isCurrent: false },
      ]),
    renameDevice: () => Promise.resolve(),
    endDevices: (_ids, answer) => askPassword(answer),
    changePassword: (_password, _ends, answer) => askPassword(answer),
    deactivate: (_erase, answer) => askPassword(answer),
  };
}

function askPassword(answer: unknown): ReturnType<Account["changePassword"]> {
  if (answer !== undefined) return Promise.resolve({ done: true });
  return Promise.resolve({
    done: false,
    challenge: {
      session: "fake",
      flows: [["m.login.password"]],
      completed: [],
      next: "m.login.password",
      params: {},
    },
  });
}

class FakeMedia implements Media {
  readonly #stores = new Map<string, Cell<MediaState>>();

  url(source: MediaSource): Store<MediaState> {
    const id = source.kind === "local" ? source.id : source.uri;
    const known = this.#stores.get(id);
    if (known !== undefined) return known;
    const file = files.get(id);
    const picture = file ?? new Blob([sample], { type: "image/svg+xml" });
    const made = new Cell<MediaState>({ state: "ready", url: URL.createObjectURL(picture) });
    this.#stores.set(id, made);
    return made;
  }

  blob(source: MediaSource): Promise<Blob> {
    const id = source.kind === "local" ? source.id : source.uri;
    return Promise.resolve(files.get(id) ?? new Blob([`Un fichier de ${person(1).name}.`]));
  }
}

const sample = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
  <rect width="1200" height="800" fill="#dfe7f5"/><rect width="400" height="800" fill="#000091"/>
  <rect x="800" width="400" height="800" fill="#e1000f"/>
</svg>`;
