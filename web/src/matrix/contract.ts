/**
 * All that a view sees of Matrix: plain values, stores to watch and verbs to call.
 *
 * The work itself is done by the engine, in a worker, perhaps in another tab; what is here lives
 * on the tab's own thread and is cheap. One `Client` exists for each tab.
 *
 * - Every value is immutable. A store gives the very same object until its value changes, so
 *   `useSyncExternalStore(store.subscribe, store.get)` and `memo` do the least work possible.
 * - Stores are fine-grained: a message in a room changes that room's timeline and summary, never
 *   the list of rooms, unless the order of the rooms changes.
 * - Texts from other people are given as they came: draw them as text, `html` through `sanitize`.
 * - Nothing here holds a sentence: views find the words in `locales/`.
 * - Promises fail with `Failure` only.
 *
 * This file is long because it is one table: the border between the protocol and the screen.
 */

// What is named everywhere.

/** `!opaque` or `!opaque:server`. */
export type RoomID = string;
/** `$opaque`. */
export type EventID = string;
/** `@localpart:server`. */
export type UserID = string;
/** `mxc://server/media`, already checked against the strict grammar. */
export type MediaURI = string;
/** Milliseconds since the Unix epoch, by the server's clock. */
export type Timestamp = number;

/** A value that changes. Methods are bound: they can be handed over bare. */
export interface Store<T> {
  readonly get: () => T;
  /** Calls `listener` after each change, never during `subscribe`. Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Why something could not be done. `code` is for programs, `message` for the log. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(readonly code: FailureCode, message: string, readonly details: FailureDetails = {}) {
    super(message);
  }
}

/**
 * The server's `errcode` (`M_FORBIDDEN`, `M_LIMIT_EXCEEDED` …), or one of ours:
 * `OFFLINE` no answer from the server; `CANCELLED` taken back; `TOO_LARGE` a file over the
 * server's limit; `NOT_FOUND` no such thing here; `ENDED` the session is over; `BAD_ANSWER` the
 * server's answer made no sense; `ENCRYPTED` nothing can be encrypted for this room;
 * `IDENTITY_CHANGED` see `Security.acceptChange`; `DAMAGED` a file is not what was sent; `DISK_FULL` and
 * `QUEUE_FULL` nothing more can be kept; `INTERRUPTED` the engine went while it was being done, and it may be
 * done or not; `INTERNAL` a fault of ours.
 */
export type FailureCode = string;

export type FailureDetails = {
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** When the server asks to wait. */
  readonly retryAfterMS?: number;
  /** In bytes, with `TOO_LARGE`. */
  readonly limitBytes?: number;
  /** With `M_UNKNOWN_TOKEN`: the device is kept, and the password is enough to go on. */
  readonly softLogout?: boolean;
};

// The whole.

export interface Client {
  readonly session: Store<SessionState>;
  readonly connection: Store<Connection>;
  readonly authentication: Authentication;
  readonly rooms: Rooms;
  readonly directory: Directory;
  readonly search: Search;
  readonly account: Account;
  readonly media: Media;
  /** Undefined where messages cannot be kept secret, or not yet: then nothing of it is shown. */
  readonly security: Store<Security | undefined>;
}

// The session.

export type SessionState =
  /** Nothing is known yet; for a few milliseconds after the page opens. Draw the empty shell. */
  | { readonly phase: "opening" }
  /** Nobody is signed in. `ended` says why, when a session has just ended. */
  | { readonly phase: "signed-out"; readonly ended?: SessionEnd }
  /** Signed in for the first time on this browser: the first sync is under way. */
  | { readonly phase: "starting"; readonly userID: UserID; readonly deviceID: string }
  /** The rooms can be drawn, from storage or from the server; see `Client.connection` for which. */
  | { readonly phase: "ready"; readonly userID: UserID; readonly deviceID: string }
  /**
   * The server asks for the password again (soft logout). Everything is kept, the messages that
   * wait to be sent too; `authentication.signIn` with the same user goes on from here.
   */
  | { readonly phase: "locked"; readonly userID: UserID; readonly deviceID: string };

/** `left`: by the person, here or in another tab. `revoked`: from another device, or by an administrator. */
export type SessionEnd = "left" | "revoked" | "deactivated";

export type Connection =
  /** The engine starts, or another tab is taking over. */
  | { readonly status: "connecting" }
  /** What is drawn is up to date. */
  | { readonly status: "online" }
  /** The server answers again, and what was missed is being fetched. */
  | { readonly status: "catching-up" }
  /** No answer. `retryAt` is by this device's clock; undefined while trying. */
  | { readonly status: "offline"; readonly since: Timestamp; readonly retryAt?: Timestamp };

export interface Authentication {
  /** The base URL of the server, without a slash at the end. By default the page's own origin. */
  readonly server: Store<string>;
  setServer(baseURL: string): Promise<void>;

  signInMethods(): Promise<SignInMethods>;
  /** `user` is a localpart, a user ID or an e-mail address. */
  signIn(user: string, password: string): Promise<void>;
  /** With an `m.login.token`, after single sign-on. */
  signInWithToken(token: string): Promise<void>;

  /** Whether accounts can be made, and through which steps. */
  signUpOffer(): Promise<SignUpOffer>;
  /** Fails with `M_USER_IN_USE`, `M_INVALID_USERNAME` or `M_EXCLUSIVE` when it is not free. */
  checkUsername(username: string): Promise<void>;
  /**
   * Creates the account and signs in. Steps that need nobody (`m.login.dummy`) are taken by
   * themselves; when one needs an answer, the challenge comes back: call again with it.
   */
  signUp(account: NewAccount, answer?: Answer): Promise<Interactive>;

  /** Tries once more at once instead of waiting for `Connection.retryAt`. */
  retryNow(): void;
  /** Ends the session on the server, then forgets everything here. Works offline too. */
  signOut(): Promise<void>;
}

export type SignInMethods = {
  readonly password: boolean;
  readonly singleSignOn: readonly { readonly id: string; readonly name: string }[];
};

export type SignUpOffer =
  | { readonly open: false }
  | { readonly open: true; readonly flows: readonly (readonly string[])[] };

export type NewAccount = {
  readonly username: string;
  readonly password: string;
  readonly displayName?: string;
};

/** The outcome of something that may ask the person to prove who they are. */
export type Interactive =
  | { readonly done: true }
  | { readonly done: false; readonly challenge: Challenge };

/** Spec: User-interactive authentication API. */
export type Challenge = {
  /** Goes back in the answer. */
  readonly session: string;
  /** Any one of these, each a list of stages such as `m.login.password`. */
  readonly flows: readonly (readonly string[])[];
  readonly completed: readonly string[];
  /** The next stage of the flow that we prefer. */
  readonly next: string;
  /** Of the next stage, as the server gave them: terms to accept and the like. Untrusted. */
  readonly params: unknown;
  /** Why the previous answer was refused. */
  readonly refused?: { readonly code: FailureCode; readonly message: string };
};

export type Answer =
  & { readonly session: string }
  & (
    | { readonly stage: "m.login.password"; readonly password: string }
    | { readonly stage: "m.login.registration_token"; readonly token: string }
    | { readonly stage: "m.login.terms" }
    | { readonly stage: "m.login.dummy" }
    /** The person says that they have followed the link in the mail. */
    | {
      readonly stage: "m.login.email.identity";
      readonly sid: string;
      readonly clientSecret: string;
    }
  );

// The list of rooms.

export interface Rooms {
  /** Who stands in which section, each in the order to draw. Changes only when an order does. */
  readonly sections: Store<RoomSections>;
  /** For the title of the page and its badge. */
  readonly totals: Store<RoomTotals>;
  /** The handle of a room, known or not. The same object for the same ID. */
  room(id: RoomID): Room;

  create(request: NewRoom): Promise<RoomID>;
  /** The direct message with this person: the one that exists, or a new one. */
  startDirect(userID: UserID): Promise<RoomID>;
  /** Joins, or accepts an invitation, by ID or alias. `via`: servers that may know the room. */
  join(idOrAlias: string, via?: readonly string[]): Promise<RoomID>;
  knock(idOrAlias: string, reason?: string, via?: readonly string[]): Promise<RoomID>;
}

export type RoomSections = {
  readonly invites: readonly RoomID[];
  readonly favourites: readonly RoomID[];
  readonly direct: readonly RoomID[];
  readonly rooms: readonly RoomID[];
  readonly lowPriority: readonly RoomID[];
  readonly knocks: readonly RoomID[];
  readonly spaces: readonly RoomID[];
};

export type RoomTotals = {
  /** Rooms with something unread, muted ones apart. */
  readonly unreadRooms: number;
  readonly highlights: number;
  readonly invites: number;
};

export type Membership = "join" | "invite" | "knock" | "leave" | "ban";

/** What a row of the list and the head of a room need. */
export type RoomSummary = {
  readonly id: RoomID;
  readonly name: RoomName;
  readonly avatar?: MediaURI;
  readonly topic?: string;
  readonly kind: "room" | "space";
  readonly membership: Membership;
  readonly isDirect: boolean;
  /** The other person of a direct message. */
  readonly directUserID?: UserID;
  readonly isEncrypted: boolean;
  /** Anyone may join without being asked. */
  readonly isPublic: boolean;
  readonly joinedCount: number;
  readonly isFavourite: boolean;
  readonly isLowPriority: boolean;
  readonly notifications: NotificationLevel;
  /** Of the server, for messages that notify by this person's rules. */
  readonly unreadCount: number;
  readonly highlightCount: number;
  readonly isMarkedUnread: boolean;
  /** Those who type now, without oneself. */
  readonly typing: readonly Person[];
  readonly preview?: Preview;
  readonly lastActivityTS: Timestamp;
  /** With `membership: "invite"`. */
  readonly invitation?: { readonly by: Person; readonly reason?: string };
  /** The room that replaces this one, after an upgrade. */
  readonly replacedBy?: RoomID;
};

/**
 * A room's name before words are put around it.
 *
 * - Spec: Calculating the display name for a room
 */
export type RoomName =
  /** Its own name, or its main alias. */
  | { readonly kind: "own"; readonly text: string }
  /** Named for some of its members; `others` is how many there are besides. */
  | { readonly kind: "heroes"; readonly names: readonly string[]; readonly others: number }
  /** Nobody else is here any more; `formerly` may be empty. */
  | { readonly kind: "empty"; readonly formerly: readonly string[] };

/** Somebody, as they are to be called in one room. */
export type Person = {
  readonly id: UserID;
  /** The display name; with the ID after it when another member has the same or a look-alike. */
  readonly name: string;
  readonly avatar?: MediaURI;
};

/** The latest event worth a line in the list of rooms. */
export type Preview = {
  readonly sender: Person;
  readonly isOwn: boolean;
  readonly content: EventContent;
  readonly ts: Timestamp;
};

/** `default`: whatever the person's general rules say. */
export type NotificationLevel = "default" | "all" | "mentions" | "mute";

// One room.

export interface Room {
  readonly id: RoomID;
  /** Undefined: not a room of ours, or not loaded yet. */
  readonly summary: Store<RoomSummary | undefined>;
  readonly details: Store<RoomDetails | undefined>;
  /** What this person may do here. All false until known. */
  readonly permissions: Store<Permissions>;
  /** Watching it fetches the whole list from the server, once. */
  readonly members: Store<MemberList>;
  /** Those one could mention, best first, at most `limit` (20); from what is known already. */
  findMembers(query: string, limit?: number): Promise<readonly Person[]>;

  /** A window on the messages, at the live end or around `at`. `close` it after use. */
  openTimeline(at?: EventID): Timeline;

  // Saying something. Each is stored, shows as a local echo at once, and is sent in its order.

  sendText(message: OutgoingText): Promise<void>;
  /** Uploads, then sends. Progress and outcome show on the local echo. */
  sendFile(file: File, options?: OutgoingFile): Promise<void>;
  /** Replaces one's own text message. */
  edit(eventID: EventID, message: OutgoingText): Promise<void>;
  /** What to put into the composer to edit this message. */
  editable(eventID: EventID): Promise<OutgoingText>;
  react(eventID: EventID, key: string): Promise<void>;
  /** Takes back one's own reaction. */
  unreact(eventID: EventID, key: string): Promise<void>;
  redact(eventID: EventID, reason?: string): Promise<void>;
  /** Tries a failed local echo again. */
  resend(key: string): Promise<void>;
  /** Drops a local echo that is not sent yet; stops its upload. */
  cancelSend(key: string): Promise<void>;

  // Being there.

  /** Call on each keystroke; it is sent as rarely as the spec wants. */
  setTyping(isTyping: boolean): void;
  /** Call with the newest event on the screen, while the page is visible and has the focus. */
  markRead(eventID: EventID): void;
  setMarkedUnread(isMarkedUnread: boolean): Promise<void>;
  setFavourite(isFavourite: boolean): Promise<void>;
  setLowPriority(isLowPriority: boolean): Promise<void>;
  setNotifications(level: NotificationLevel): Promise<void>;

  // Members.

  leave(): Promise<void>;
  /** Leaves, if need be, and takes the room out of one's lists. */
  forget(): Promise<void>;
  invite(userID: UserID, reason?: string): Promise<void>;
  kick(userID: UserID, reason?: string): Promise<void>;
  ban(userID: UserID, reason?: string): Promise<void>;
  unban(userID: UserID): Promise<void>;
  setPower(userID: UserID, power: number): Promise<void>;

  // The room itself.

  setName(name: string): Promise<void>;
  setTopic(topic: string): Promise<void>;
  /** Undefined removes it. */
  setAvatar(picture: Blob | undefined): Promise<void>;
  setJoinRule(rule: JoinRule): Promise<void>;
  setHistoryVisibility(visibility: HistoryVisibility): Promise<void>;

  report(eventID: EventID, reason: string): Promise<void>;
}

export type RoomDetails = {
  readonly id: RoomID;
  /** The room's own name, for the form that changes it; empty when it has none. */
  readonly name: string;
  readonly topic: string;
  readonly avatar?: MediaURI;
  readonly alias?: string;
  readonly version: string;
  readonly creators: readonly UserID[];
  readonly joinRule: JoinRule;
  readonly historyVisibility: HistoryVisibility;
  readonly isEncrypted: boolean;
  readonly joinedCount: number;
  readonly invitedCount: number;
  readonly power: PowerLevels;
};

export type JoinRule =
  | "public"
  | "invite"
  | "knock"
  | "restricted"
  | "knock_restricted"
  | "private";
export type HistoryVisibility = "world_readable" | "shared" | "invited" | "joined";

/** - Spec: m.room.power_levels, with its defaults filled in. */
export type PowerLevels = {
  readonly ban: number;
  readonly kick: number;
  readonly invite: number;
  readonly redact: number;
  readonly eventsDefault: number;
  readonly stateDefault: number;
  readonly usersDefault: number;
  readonly notifyRoom: number;
  readonly events: ReadonlyMap<string, number>;
};

export type Permissions = {
  readonly send: boolean;
  readonly react: boolean;
  readonly redactOwn: boolean;
  readonly redactOthers: boolean;
  readonly invite: boolean;
  readonly kick: boolean;
  readonly ban: boolean;
  readonly notifyRoom: boolean;
  readonly setName: boolean;
  readonly setTopic: boolean;
  readonly setAvatar: boolean;
  readonly setPower: boolean;
  readonly setJoinRule: boolean;
  readonly setHistoryVisibility: boolean;
  /** One's own level: only those below it can be kicked, banned or changed. Infinity: a creator of v12. */
  readonly power: number;
};

export type MemberList = {
  /** False while only the members seen so far are known. */
  readonly isComplete: boolean;
  /** Joined first, then invited, then knocking, banned; by power, then by name. Nobody who left. */
  readonly members: readonly Member[];
};

export type Member = Person & {
  readonly membership: Membership;
  /** Infinity: a creator of a room of version 12 or later. */
  readonly power: number;
  readonly role: "creator" | "admin" | "moderator" | "member";
  readonly isSelf: boolean;
};

export type OutgoingText = {
  /** Markdown, as typed: bold, italic, strike, code, code block, list, quote, link. */
  readonly text: string;
  readonly replyTo?: EventID;
  /** Who is meant, and by which exact words of `text` (`@Amélie Dupont`). */
  readonly mentions?: readonly Mention[];
  readonly mentionsRoom?: boolean;
  /** `m.emote`: `/me` has been taken off already. */
  readonly isEmote?: boolean;
};

export type Mention = { readonly userID: UserID; readonly text: string };

export type OutgoingFile = {
  readonly caption?: string;
  readonly replyTo?: EventID;
};

// The timeline.

export interface Timeline {
  readonly state: Store<TimelineState>;
  /** Each resolves when more is there, and does nothing while one is under way. */
  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
  /** Fetches what is missing where an item of kind `gap` stands. */
  fillGap(key: string): Promise<void>;
  /** Moves the window around an event. Fails with `M_NOT_FOUND` and stays where it is. */
  jumpTo(eventID: EventID): Promise<void>;
  jumpToLive(): Promise<void>;
  close(): void;
}

export type TimelineState = {
  /** False until the first events are there. */
  readonly isLoaded: boolean;
  /** Oldest first. */
  readonly items: readonly TimelineItem[];
  readonly earlier: TimelineEdge;
  /** `end`: the window ends in the present, and new messages appear by themselves. */
  readonly later: TimelineEdge;
  /** The event up to which this person had read when the timeline was opened: the line « Nouveaux ». */
  readonly readUpTo?: EventID;
  /** Where `jumpTo` went, to be lit up. */
  readonly focus?: EventID;
};

/** `failed` may be tried again. */
export type TimelineEdge = "more" | "loading" | "end" | "failed";

export type TimelineItem = EventItem | GapItem;

/** Events are missing here: the connection was away for long. Call `fillGap` when it comes into view. */
export type GapItem = {
  readonly kind: "gap";
  readonly key: string;
  readonly state: "waiting" | "loading" | "failed";
};

export type EventItem = {
  readonly kind: "event";
  /** Stays the same from the local echo to the event. */
  readonly key: string;
  /** Undefined while it is a local echo. */
  readonly eventID?: EventID;
  readonly sender: Person;
  readonly isOwn: boolean;
  readonly ts: Timestamp;
  readonly content: EventContent;
  /** Undefined once the server has it. */
  readonly sending?: Sending;
  readonly editedTS?: Timestamp;
  readonly replyTo?: Quote;
  /** The root of the thread that it belongs to. */
  readonly threadRoot?: EventID;
  /** Most used first. */
  readonly reactions: readonly Reaction[];
  /** Those whose latest receipt is here, without oneself; newest first. */
  readonly readBy: readonly Receipt[];
  /** It mentions this person, by name or with the whole room. */
  readonly isHighlight: boolean;
  readonly canEdit: boolean;
  readonly canRedact: boolean;
};

export type Sending =
  /** `progress` in 0...1 while a file goes up. `waiting`: for those before it, or the network. */
  | { readonly state: "waiting" }
  | { readonly state: "sending"; readonly progress?: number }
  /** Needs the person: resend or cancel. */
  | { readonly state: "failed"; readonly code: FailureCode; readonly message: string };

/** An event that is being replied to. `missing`: it cannot be seen, or is no more. */
export type Quote =
  | { readonly eventID: EventID; readonly state: "loading" | "missing" }
  | {
    readonly eventID: EventID;
    readonly state: "ready";
    readonly sender: Person;
    readonly content: EventContent;
  };

export type Reaction = {
  readonly key: string;
  readonly count: number;
  readonly isOwn: boolean;
  /** The first ten who reacted. */
  readonly people: readonly Person[];
};

export type Receipt = Person & { readonly ts: Timestamp };

export type EventContent =
  | TextContent
  | ImageContent
  | VideoContent
  | AudioContent
  | FileContent
  | { readonly kind: "location"; readonly body: string; readonly geoURI: string }
  | MembershipContent
  | StateContent
  | { readonly kind: "redacted"; readonly by?: Person; readonly reason?: string }
  /**
   * `encrypted`: it cannot be read on this device, `why` says for what reason where that is known.
   * `malformed`: nobody can.
   */
  | {
    readonly kind: "unreadable";
    readonly cause: "encrypted" | "malformed";
    readonly why?: UnreadableReason;
  }
  | { readonly kind: "unsupported"; readonly type: string };

/**
 * Why a message cannot be read here (yet). All but the last two may pass by themselves, and the
 * item then changes in place.
 *
 * - `coming`: what opens it is being fetched, from the sender's device or the backup.
 * - `locked`: this device is not confirmed; see `Security.openWith`.
 * - `before`: from before this person came; whoever was there may still pass it on.
 * - `withheld`: the sender's device does not write to this one, which was not confirmed.
 * - `gone`: no device and no backup has what opens it.
 * - `damaged`: it is not what was sent.
 */
export type UnreadableReason = "coming" | "locked" | "before" | "withheld" | "gone" | "damaged";

export type TextContent = {
  readonly kind: "text";
  readonly style: "text" | "notice" | "emote";
  readonly body: string;
  /** `formatted_body` as it came: only ever drawn through `sanitize`. */
  readonly html?: string;
};

/** What all attachments have. `caption` is undefined when there is only a file name. */
export type Attachment = {
  readonly fileName: string;
  readonly caption?: string;
  readonly captionHTML?: string;
  readonly source: MediaSource;
  readonly mimeType?: string;
  readonly sizeBytes?: number;
};

/** `width` and `height` in pixels, upright. `thumbnail` where the server cannot make one. */
export type ImageContent = Attachment & {
  readonly kind: "image" | "sticker";
  readonly width?: number;
  readonly height?: number;
  readonly thumbnail?: MediaSource;
};
export type VideoContent = Attachment & {
  readonly kind: "video";
  readonly width?: number;
  readonly height?: number;
  readonly durationMS?: number;
  readonly thumbnail?: MediaSource;
};
export type AudioContent = Attachment & {
  readonly kind: "audio";
  readonly durationMS?: number;
  readonly isVoice: boolean;
};
export type FileContent = Attachment & { readonly kind: "file" };

export type MembershipContent = {
  readonly kind: "membership";
  readonly change: MembershipChange;
  /** Who it is about; `EventItem.sender` is who did it. */
  readonly target: Person;
  readonly reason?: string;
  /** With `renamed`: the names without disambiguation; absent where there was or is none. */
  readonly oldName?: string;
  readonly newName?: string;
};

export type MembershipChange =
  | "joined"
  | "left"
  | "invited"
  | "invitation-declined"
  | "invitation-withdrawn"
  | "kicked"
  | "banned"
  | "kicked-and-banned"
  | "unbanned"
  | "knocked"
  | "knock-withdrawn"
  | "knock-denied"
  | "renamed"
  | "avatar-changed"
  | "unchanged";

/** A change of the room that is worth a line. */
export type StateContent =
  | { readonly kind: "created"; readonly predecessor?: RoomID }
  | { readonly kind: "name-changed"; readonly name: string; readonly oldName?: string }
  | { readonly kind: "topic-changed"; readonly topic: string }
  | { readonly kind: "room-avatar-changed"; readonly avatar?: MediaURI }
  | { readonly kind: "encryption-enabled" }
  | { readonly kind: "join-rule-changed"; readonly rule: JoinRule }
  | { readonly kind: "history-visibility-changed"; readonly visibility: HistoryVisibility }
  | { readonly kind: "power-changed"; readonly changes: readonly PowerChange[] }
  | { readonly kind: "pins-changed" }
  | { readonly kind: "alias-changed"; readonly alias?: string }
  | { readonly kind: "replaced"; readonly by?: RoomID };

export type PowerChange = {
  readonly target: Person;
  readonly from: number;
  readonly to: number;
};

// Directories.

export interface Directory {
  /** A page of the public rooms; pass `next` of the answer as `from` for the one after. */
  publicRooms(query: PublicRoomsQuery): Promise<PublicRoomsPage>;
  findUsers(query: string, limit?: number): Promise<UserSearch>;
  profile(userID: UserID): Promise<Profile>;
}

export type PublicRoomsQuery = {
  readonly search?: string;
  readonly from?: string;
  readonly limit?: number;
  /** Another server to ask. */
  readonly server?: string;
};

export type PublicRoomsPage = {
  readonly rooms: readonly PublicRoom[];
  readonly next?: string;
  readonly total?: number;
};

export type PublicRoom = {
  readonly id: RoomID;
  readonly name?: string;
  readonly alias?: string;
  readonly topic?: string;
  readonly avatar?: MediaURI;
  readonly joinedCount: number;
  readonly isWorldReadable: boolean;
  readonly joinRule: JoinRule;
};

export type UserSearch = {
  readonly users: readonly Person[];
  /** There are more than these: ask for more letters. */
  readonly isLimited: boolean;
};

export type NewRoom = {
  readonly name?: string;
  readonly topic?: string;
  readonly access: "public" | "private";
  /** For a public room: the localpart of its alias. */
  readonly alias?: string;
  readonly invite?: readonly UserID[];
  readonly avatar?: Blob;
  readonly historyVisibility?: HistoryVisibility;
};

// Finding what was said.

export interface Search {
  /**
   * Messages by their words, a page of them; pass `next` of the answer as `from` for the one after.
   * All words have to be in a message; the last one may be unfinished. What is secret between the
   * members of a room is not found: the server cannot read it.
   *
   * An `abort` of `signal` takes the question back; it then fails with `CANCELLED`.
   */
  messages(query: MessageQuery, signal?: AbortSignal): Promise<FoundMessages>;
}

export type MessageQuery = {
  readonly text: string;
  /** In all rooms when absent. */
  readonly roomID?: RoomID;
  readonly order: FoundOrder;
  readonly from?: string;
};

/** The newest first, or those first that are nearest to what was asked. */
export type FoundOrder = "recent" | "rank";

export type FoundMessages = {
  readonly messages: readonly FoundMessage[];
  /** The words that were found, in lower case, as they stand in the messages. */
  readonly words: readonly string[];
  /** A page may be empty and still have one after it. */
  readonly next?: string;
  /** How many there are on all pages, about. */
  readonly total?: number;
};

export type FoundMessage = {
  readonly roomID: RoomID;
  /** Where the message stands: an edit is found at what it edits. */
  readonly eventID: EventID;
  readonly sender: Person;
  /** When it was written, or edited last. */
  readonly ts: Timestamp;
  readonly content: EventContent;
};

// The person's own account.

export interface Account {
  readonly profile: Store<Profile>;
  readonly preferences: Store<Preferences>;
  readonly ignoredUsers: Store<readonly UserID[]>;
  /** The general rule, for rooms that have none of their own. */
  readonly notifications: Store<GeneralNotifications>;
  /** What the server allows; from storage while offline. */
  readonly limits: Store<ServerLimits>;

  setDisplayName(name: string): Promise<void>;
  setAvatar(picture: Blob | undefined): Promise<void>;
  setPreferences(changes: Partial<Preferences>): Promise<void>;
  setIgnored(userID: UserID, isIgnored: boolean): Promise<void>;
  setNotifications(level: GeneralNotifications): Promise<void>;

  devices(): Promise<readonly Device[]>;
  renameDevice(deviceID: string, name: string): Promise<void>;
  endDevices(deviceIDs: readonly string[], answer?: Answer): Promise<Interactive>;
  changePassword(
    password: string,
    endsOtherDevices: boolean,
    answer?: Answer,
  ): Promise<Interactive>;
  /** For good. `erase` asks the server to forget the messages too. */
  deactivate(erase: boolean, answer?: Answer): Promise<Interactive>;
}

export type Profile = { readonly id: UserID; readonly name?: string; readonly avatar?: MediaURI };

/** Of this browser. */
export type Preferences = {
  /** False: others do not see what one has read (`m.read.private`). */
  readonly sendsReceipts: boolean;
  readonly sendsTyping: boolean;
};

/** `mentions`: also direct messages and calls. */
export type GeneralNotifications = "all" | "mentions" | "none";

export type ServerLimits = {
  readonly maxUploadBytes?: number;
  readonly canChangePassword: boolean;
  readonly canChangeDisplayName: boolean;
  readonly canChangeAvatar: boolean;
};

export type Device = {
  readonly id: string;
  readonly name?: string;
  readonly lastSeenTS?: Timestamp;
  readonly lastSeenIP?: string;
  readonly isCurrent: boolean;
};

// Who can read what: the recovery code, and the devices and people that are confirmed.

export interface Security {
  readonly state: Store<SecurityState>;
  /** How much of what opens this person's messages is stored under the recovery code. */
  readonly backup: Store<BackupState>;
  /** Oldest first. One that is over stays until `closeComparison`, or for a while. */
  readonly comparisons: Store<readonly Comparison[]>;
  /** The IDs of this person's own devices that are confirmed. */
  readonly confirmedDevices: Store<readonly string[]>;
  /** False, unless the person chose otherwise: nothing is readable on devices nobody vouches for. */
  readonly writesToUnconfirmed: Store<boolean>;
  person(userID: UserID): Store<PersonTrust>;
  /**
   * Members whose identity is not the one that was known, until they are compared with or
   * `acceptChange`: they cannot read what is written. While one who had been confirmed is among
   * them, nothing is written at all.
   */
  changedIn(roomID: RoomID): Store<readonly ChangedPerson[]>;

  /**
   * Makes a new recovery code, which takes the place of a former one. It is kept here, under
   * `state`, until `confirmCode`. The server may ask for the password first.
   */
  createCode(answer?: Answer): Promise<Interactive>;
  /** The person has kept the code, and has shown it: it is not shown again. */
  confirmCode(): Promise<void>;
  /** Confirms this device with the recovery code, or with a passphrase where the account has one. */
  openWith(code: string): Promise<Opening>;

  /**
   * Asks this person's other devices, or only those named, to compare. Gives the comparison's ID.
   * Fails with `NOT_FOUND` when there is no other.
   */
  compareWithDevices(deviceIDs?: readonly string[]): Promise<string>;
  /** Asks somebody, in the direct message with them. */
  compareWithPerson(userID: UserID): Promise<string>;
  acceptComparison(id: string): Promise<void>;
  /** The person says that both ends show the same, or that they do not. */
  answerComparison(id: string, isSame: boolean): Promise<void>;
  /** Refuses it, gives it up, or takes it off the list when it is over. */
  closeComparison(id: string): Promise<void>;

  /** The person goes on with somebody's new identity without comparing. */
  acceptChange(userID: UserID): Promise<void>;
  setWritesToUnconfirmed(writes: boolean): Promise<void>;
}

export type SecurityState =
  /** Not known yet. */
  | { readonly phase: "unknown" }
  /** The account has no recovery code: `createCode`. */
  | { readonly phase: "new" }
  /** There is one, and the person has not shown yet that they keep it. */
  | { readonly phase: "unsaved"; readonly code: RecoveryCode }
  /** This device is not confirmed: it reads nothing from before, and others do not write to it. */
  | {
    readonly phase: "locked";
    /** The code that is wanted, where its description says. */
    readonly code: CodeLabel;
    /** Another client made the account's key from a passphrase. */
    readonly takesPassphrase: boolean;
    /** There is another device to compare with. */
    readonly canCompare: boolean;
  }
  | { readonly phase: "ready"; readonly code: CodeLabel };

/** A code has a number, from 1, and a day; those that other clients made have neither. */
export type CodeLabel = { readonly number?: number; readonly createdTS?: Timestamp };

/** `text` in groups of four. */
export type RecoveryCode = CodeLabel & { readonly text: string };

export type Opening =
  | { readonly done: true }
  /** `wrong`: of no code of this account. `former`: of one that was replaced since. */
  | { readonly done: false; readonly reason: "wrong" }
  | { readonly done: false; readonly reason: "former"; readonly code: CodeLabel };

export type BackupState = {
  /** What is not stored yet; leaving now would lose it. */
  readonly waiting: number;
  /** While older conversations are being made readable on this device. */
  readonly restoring?: { readonly done: number; readonly total: number };
};

/** `seen`: the identity that was seen first. `changed-confirmed`: it had been confirmed before. */
export type PersonTrust = "unknown" | "seen" | "confirmed" | "changed" | "changed-confirmed";

export type ChangedPerson = Person & { readonly wasConfirmed: boolean };

/** Two devices are being compared by what their people see. */
export type Comparison = {
  readonly id: string;
  readonly person: Person;
  /** With another device of one's own. */
  readonly isSelf: boolean;
  /** The other device's name, where it is known. */
  readonly deviceName?: string;
  readonly state: ComparisonState;
};

export type ComparisonState =
  /** Asked for here, and not answered yet. */
  | { readonly phase: "asking" }
  /** Asked for by the other. `isPossible`: it knows how to compare as we do. */
  | { readonly phase: "asked"; readonly isPossible: boolean }
  | { readonly phase: "preparing" }
  /** Seven pictures by their number in 0..<64, unless the other cannot show them; three numbers. */
  | {
    readonly phase: "comparing";
    readonly emoji?: readonly number[];
    readonly numbers: readonly [number, number, number];
  }
  /** Said to be the same here; the other has not answered. */
  | { readonly phase: "waiting" }
  | { readonly phase: "done" }
  /** `elsewhere`: another device answered. `failed`: the two did not understand each other. */
  | {
    readonly phase: "ended";
    readonly reason: "cancelled" | "timeout" | "different" | "elsewhere" | "failed";
  };

// Media.

/**
 * Where bytes are. `local`: of a file that is not sent yet, by its `Room.sendFile`. `encrypted`:
 * `file` opens what is there, and `mimeType` is what its sender says that it then is.
 */
export type MediaSource =
  | { readonly kind: "mxc"; readonly uri: MediaURI }
  | {
    readonly kind: "encrypted";
    readonly uri: MediaURI;
    readonly file: { readonly [key: string]: unknown };
    readonly mimeType: string;
  }
  | { readonly kind: "local"; readonly id: string };

export interface Media {
  /**
   * An object URL for `src`, kept while it is watched and for a while after. Equal arguments give
   * the same store. Ask for a size to have the server's thumbnail.
   */
  url(source: MediaSource, size?: ThumbnailSize): Store<MediaState>;
  /** The whole file, for saving it. */
  blob(source: MediaSource): Promise<Blob>;
}

/** In device pixels. `crop` fills the rectangle, `scale` fits into it. */
export type ThumbnailSize = {
  readonly width: number;
  readonly height: number;
  readonly method: "crop" | "scale";
};

export type MediaState =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly url: string }
  | { readonly state: "failed"; readonly code: FailureCode };
