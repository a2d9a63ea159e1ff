import type {
  Answer,
  Device,
  EventID,
  FoundMessages,
  GeneralNotifications,
  HistoryVisibility,
  Interactive,
  JoinRule,
  MediaSource,
  MessageQuery,
  NewAccount,
  NewRoom,
  NotificationLevel,
  Opening,
  OutgoingFile,
  OutgoingText,
  Person,
  Preferences,
  Profile,
  PublicRoomsPage,
  PublicRoomsQuery,
  RoomID,
  SignInMethods,
  SignUpOffer,
  ThumbnailSize,
  UserID,
  UserSearch,
} from "../contract.ts";
import type { MediaFacts } from "../sending/fileContent.ts";

/**
 * What a tab asks of the engine, across the channel between them.
 *
 * A call may be repeated when an engine goes while it runs (`isRepeatable`): then it must do no
 * harm to have it done twice. Calls that send something bring a `key`, of the tab's choosing, for
 * that.
 */
export type Calls = {
  setServer(baseURL: string): void;
  signInMethods(): SignInMethods;
  signIn(user: string, password: string, deviceName: string): void;
  signInWithToken(token: string, deviceName: string): void;
  signUpOffer(): SignUpOffer;
  checkUsername(username: string): void;
  signUp(account: NewAccount, deviceName: string, answer: Answer | undefined): Interactive;
  signOut(): void;
  retryNow(): void;

  createRoom(request: NewRoom): RoomID;
  startDirect(userID: UserID): RoomID;
  join(idOrAlias: string, via: readonly string[]): RoomID;
  knock(idOrAlias: string, reason: string | undefined, via: readonly string[]): RoomID;

  sendText(room: RoomID, key: string, message: OutgoingText): void;
  sendFile(
    room: RoomID,
    key: string,
    file: Blob,
    name: string,
    facts: MediaFacts,
    options: OutgoingFile,
  ): void;
  edit(room: RoomID, key: string, eventID: EventID, message: OutgoingText): void;
  editable(room: RoomID, eventID: EventID): OutgoingText;
  react(room: RoomID, key: string, eventID: EventID, reaction: string): void;
  unreact(room: RoomID, key: string, eventID: EventID, reaction: string): void;
  redact(room: RoomID, key: string, eventID: EventID, reason: string | undefined): void;
  resend(key: string): void;
  cancelSend(key: string): void;

  setTyping(room: RoomID, isTyping: boolean): void;
  markRead(room: RoomID, eventID: EventID): void;
  setMarkedUnread(room: RoomID, isMarkedUnread: boolean): void;
  setTag(room: RoomID, tag: "m.favourite" | "m.lowpriority", isSet: boolean): void;
  setRoomNotifications(room: RoomID, level: NotificationLevel): void;

  findMembers(room: RoomID, query: string, limit: number): readonly Person[];
  leave(room: RoomID): void;
  forget(room: RoomID): void;
  invite(room: RoomID, userID: UserID, reason: string | undefined): void;
  kick(room: RoomID, userID: UserID, reason: string | undefined): void;
  ban(room: RoomID, userID: UserID, reason: string | undefined): void;
  unban(room: RoomID, userID: UserID): void;
  setPower(room: RoomID, userID: UserID, power: number): void;
  setRoomName(room: RoomID, name: string): void;
  setTopic(room: RoomID, topic: string): void;
  setRoomAvatar(room: RoomID, picture: Blob | undefined): void;
  setJoinRule(room: RoomID, rule: JoinRule): void;
  setHistoryVisibility(room: RoomID, visibility: HistoryVisibility): void;
  report(room: RoomID, eventID: EventID, reason: string): void;

  openTimeline(window: string, room: RoomID, at: EventID | undefined): void;
  closeTimeline(window: string): void;
  loadEarlier(window: string): void;
  loadLater(window: string): void;
  fillGap(window: string, key: string): void;
  jumpTo(window: string, eventID: EventID): void;
  jumpToLive(window: string): void;

  publicRooms(query: PublicRoomsQuery): PublicRoomsPage;
  findUsers(query: string, limit: number): UserSearch;
  fetchProfile(userID: UserID): Profile;

  /** `key`: by which the tab may take the question back. */
  searchMessages(key: string, query: MessageQuery): FoundMessages;
  cancelSearch(key: string): void;

  setDisplayName(name: string): void;
  setAvatar(picture: Blob | undefined): void;
  setPreferences(changes: Partial<Preferences>): void;
  setIgnored(userID: UserID, isIgnored: boolean): void;
  setNotifications(level: GeneralNotifications): void;
  devices(): readonly Device[];
  renameDevice(deviceID: string, name: string): void;
  endDevices(deviceIDs: readonly string[], answer: Answer | undefined): Interactive;
  changePassword(
    password: string,
    endsOtherDevices: boolean,
    answer: Answer | undefined,
  ): Interactive;
  deactivate(erase: boolean, answer: Answer | undefined): Interactive;

  createCode(answer: Answer | undefined): Interactive;
  confirmCode(): void;
  openWith(code: string): Opening;
  compareWithDevices(deviceIDs: readonly string[] | undefined): string;
  compareWithPerson(userID: UserID): string;
  acceptComparison(id: string): void;
  answerComparison(id: string, isSame: boolean): void;
  closeComparison(id: string): void;
  acceptChange(userID: UserID): void;
  setWritesToUnconfirmed(writes: boolean): void;

  download(source: MediaSource, size: ThumbnailSize | undefined): Blob;
};

export type CallName = keyof Calls;
export type CallArguments<N extends CallName> = Parameters<Calls[N]>;
export type CallResult<N extends CallName> = ReturnType<Calls[N]>;

/** The engine's side of each call. */
export type CallHandlers = {
  readonly [N in CallName]: (
    ...args: CallArguments<N>
  ) => CallResult<N> | Promise<CallResult<N>>;
};

/** A second time, these would make a second thing, or be refused for having succeeded. */
const onceOnly: ReadonlySet<CallName> = new Set([
  "signIn",
  "signInWithToken",
  "signUp",
  "createRoom",
  "startDirect",
  "endDevices",
  "changePassword",
  "deactivate",
  "report",
  "createCode",
  "compareWithDevices",
  "compareWithPerson",
]);

export function isRepeatable(name: CallName): boolean {
  return !onceOnly.has(name);
}
