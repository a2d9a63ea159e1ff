import { path } from "../api/Homeserver.ts";
import { asUserID } from "../api/identifiers.ts";
import { interactively } from "../api/interactive.ts";
import {
  arrayIn,
  asObject,
  entriesIn,
  field,
  integerIn,
  optional,
  stringIn,
  stringsIn,
} from "../api/json.ts";
import { type Device, type EventID, Failure, type Profile, type RoomID } from "../contract.ts";
import { matches } from "../rooms/Members.ts";
import { powerContentWith } from "../rooms/power.ts";
import { setGeneralLevel, setRoomLevel } from "../rooms/pushRules.ts";
import {
  changeMembership,
  createRoom,
  enter,
  findUsers,
  publicRooms,
  setState,
} from "../rooms/roomActions.ts";
import { MessageSearches } from "../search/MessageSearches.ts";
import { fileContent } from "../sending/fileContent.ts";
import {
  editableText,
  editContent,
  reactionContent,
  type ReplyTarget,
  textContent,
  threadOf,
} from "../sending/textContent.ts";
import type { QueuedRequest } from "../storage/records.ts";
import type { Event } from "../timeline/parseEvent.ts";
import { Relations } from "../timeline/Relations.ts";
import { type AccountEngine, profileIn } from "./AccountEngine.ts";
import type { CallHandlers } from "./calls.ts";

/** The calls that need no account. */
type SessionCalls =
  | "setServer"
  | "signInMethods"
  | "signIn"
  | "signInWithToken"
  | "signUpOffer"
  | "checkUsername"
  | "signUp"
  | "signOut"
  | "retryNow";

/** What tabs may ask of a signed-in account: a table, each line of it an endpoint or a part. */
export function accountCalls(engine: AccountEngine): Omit<CallHandlers, SessionCalls> {
  const { server, queue, timelines, rooms, self, encryption, security } = engine;
  const searches = new MessageSearches(engine);

  /** Said at once, where the queue would only find out later that it cannot be said. */
  const add = async (room: RoomID, key: string, request: QueuedRequest) => {
    const isEncrypted = rooms.record(room)?.facts.isEncrypted === true;
    if (request.kind !== "redaction" && isEncrypted && encryption.isOn.get() === false) {
      throw new Failure("ENCRYPTED", "The server keeps no keys to encrypt for.");
    }
    await queue.add(room, key, request);
  };
  const queued = async (room: RoomID, key: string, request: QueuedRequest) => {
    await add(room, key, request);
    await queue.outcome(key);
  };

  return {
    createRoom: async (request) => {
      const { avatar } = request;
      const uri = avatar === undefined ? undefined : await engine.upload(avatar, "avatar");
      return await createRoom(server, request, uri, encryption.isOn.get() === true);
    },
    startDirect: (userID) => engine.startDirect(userID),
    join: async (idOrAlias, via) => {
      const invitation = rooms.record(idOrAlias)?.invitation;
      const roomID = await enter(server, "join", idOrAlias, via);
      if (invitation?.isDirect === true) await engine.addDirect(invitation.by, roomID);
      return roomID;
    },
    knock: (idOrAlias, reason, via) => enter(server, "knock", idOrAlias, via, reason),

    sendText: async (room, key, message) => {
      engine.typing.set(room, false);
      const target = await replyTarget(engine, room, message.replyTo);
      const content = textContent(message, self, target);
      await add(room, key, { kind: "event", type: "m.room.message", content });
    },
    sendFile: async (room, key, file, name, facts, { caption, replyTo }) => {
      engine.refuseIfTooLarge(file);
      const target = await replyTarget(engine, room, replyTo);
      const content = await fileContent(file, name, facts, caption, target);
      await add(room, key, { kind: "file", file, content });
    },
    edit: async (room, key, eventID, message) => {
      const { content } = await currentContent(engine, room, eventID);
      const were = stringsIn(field(content, "m.mentions"), "user_ids");
      const edited = editContent(message, self, eventID, were);
      await queued(room, key, { kind: "event", type: "m.room.message", content: edited });
    },
    editable: async (room, eventID) =>
      editableText((await currentContent(engine, room, eventID)).content),
    react: (room, key, eventID, reaction) =>
      queued(room, key, {
        kind: "event",
        type: "m.reaction",
        content: reactionContent(eventID, reaction),
      }),
    unreact: async (room, key, eventID, reaction) => {
      const relations = new Relations();
      for (const event of await engine.history.related(room, [eventID])) relations.add(event);
      const mine = relations.reactionBy(eventID, self, reaction);
      if (mine !== undefined) {
        return await queued(room, key, { kind: "redaction", target: mine.id });
      }
      // Not come back by sync yet: perhaps not even sent.
      const content = JSON.stringify(reactionContent(eventID, reaction));
      const echo = queue.echoes(room).find(({ request }) =>
        request.kind === "event" && JSON.stringify(request.content) === content
      );
      if (echo?.eventID !== undefined) {
        return await queued(room, key, { kind: "redaction", target: echo.eventID });
      }
      if (echo !== undefined) await queue.cancel(echo.key);
    },
    redact: (room, key, eventID, reason) =>
      queued(room, key, { kind: "redaction", target: eventID, ...optional("reason", reason) }),
    resend: (key) => queue.resend(key),
    cancelSend: (key) => queue.cancel(key),

    setTyping: (room, isTyping) => {
      if (engine.preferences.get().sendsTyping) engine.typing.set(room, isTyping);
    },
    markRead: async (room, eventID) => {
      if (rooms.record(room)?.isMarkedUnread === true) await setMarkedUnread(engine, room, false);
      await engine.readMarkers.mark(room, eventID);
    },
    setMarkedUnread: (room, isMarkedUnread) => setMarkedUnread(engine, room, isMarkedUnread),
    setTag: async (room, tag, isSet) => {
      const where = path`/v3/user/${self}/rooms/${room}/tags/${tag}`;
      if (isSet) await server.put(where, {});
      else await server.delete(where);
      const change = tag === "m.favourite" ? { isFavourite: isSet } : { isLowPriority: isSet };
      await engine.updateRoom(room, change);
    },
    setRoomNotifications: (room, level) =>
      setRoomLevel(server, engine.accountData("m.push_rules"), room, level),

    findMembers: async (room, query, limit) => {
      const all = await engine.members.all(room);
      const found = all.filter(({ membership }) => membership === "join" || membership === "invite")
        .filter(({ userID }) => userID !== self)
        .filter((member) => matches(member, query)).slice(0, limit);
      await engine.members.load(room, found.map(({ userID }) => userID));
      return found.map(({ userID }) => engine.members.person(room, userID));
    },
    leave: async (room) => {
      await server.post(path`/v3/rooms/${room}/leave`);
    },
    forget: async (room) => {
      const membership = rooms.record(room)?.membership;
      if (membership !== undefined && membership !== "leave" && membership !== "ban") {
        await server.post(path`/v3/rooms/${room}/leave`);
      }
      await server.post(path`/v3/rooms/${room}/forget`);
      await engine.forgetRoom(room);
    },
    invite: (room, userID, reason) => changeMembership(server, "invite", room, userID, reason),
    kick: (room, userID, reason) => changeMembership(server, "kick", room, userID, reason),
    ban: (room, userID, reason) => changeMembership(server, "ban", room, userID, reason),
    unban: (room, userID) => changeMembership(server, "unban", room, userID),
    setPower: async (room, userID, power) => {
      const record = rooms.record(room);
      if (record === undefined) throw new Failure("NOT_FOUND", "No such room.");
      const content = powerContentWith(record.facts, userID, power);
      await setState(server, room, "m.room.power_levels", content);
    },
    setRoomName: (room, name) => setState(server, room, "m.room.name", { name: name.trim() }),
    setTopic: (room, topic) => setState(server, room, "m.room.topic", { topic: topic.trim() }),
    setRoomAvatar: async (room, picture) => {
      const url = picture === undefined ? undefined : await engine.upload(picture, "avatar");
      await setState(server, room, "m.room.avatar", optional("url", url));
    },
    setJoinRule: (room, rule) => setState(server, room, "m.room.join_rules", { join_rule: rule }),
    setHistoryVisibility: (room, visibility) =>
      setState(server, room, "m.room.history_visibility", { history_visibility: visibility }),
    report: async (room, eventID, reason) => {
      await server.post(path`/v3/rooms/${room}/report/${eventID}`, { reason });
    },

    openTimeline: (window, room, at) => timelines.open(window, room, at),
    closeTimeline: (window) => timelines.close(window),
    loadEarlier: (window) => timelines.get(window).loadEarlier(),
    loadLater: (window) => timelines.get(window).loadLater(),
    fillGap: (window, key) => timelines.get(window).fillGap(key),
    jumpTo: (window, eventID) => timelines.get(window).jumpTo(eventID),
    jumpToLive: (window) => timelines.get(window).jumpToLive(),

    publicRooms: (query) => publicRooms(server, query),
    findUsers: (query, limit) => findUsers(server, query, limit),
    fetchProfile: async (userID): Promise<Profile> => {
      if (asUserID(userID) === undefined) throw new Failure("M_INVALID_PARAM", "Not a user ID.");
      return profileIn(await server.get(path`/v3/profile/${userID}`), userID);
    },

    searchMessages: (key, query) => searches.find(key, query),
    cancelSearch: (key) => searches.cancel(key),

    setDisplayName: async (name) => {
      await server.put(path`/v3/profile/${self}/displayname`, { displayname: name.trim() });
      await engine.setProfile({ ...engine.profile.get(), name: name.trim() });
    },
    setAvatar: async (picture) => {
      const avatar = picture === undefined ? undefined : await engine.upload(picture, "avatar");
      await server.put(path`/v3/profile/${self}/avatar_url`, { avatar_url: avatar ?? "" });
      const { avatar: _, ...rest } = engine.profile.get();
      await engine.setProfile({ ...rest, ...optional("avatar", avatar) });
    },
    setPreferences: (changes) => engine.setPreferences(changes),
    setIgnored: async (userID, isIgnored) => {
      const users = new Map(entriesIn(engine.accountData("m.ignored_user_list"), "ignored_users"));
      if (isIgnored) users.set(userID, {});
      else users.delete(userID);
      const content = { ignored_users: Object.fromEntries(users) };
      await engine.setAccountData("m.ignored_user_list", content);
    },
    setNotifications: (level) => setGeneralLevel(server, level),

    devices: async () => {
      const answer = await server.get("/v3/devices");
      return arrayIn(answer, "devices").flatMap((raw) => deviceIn(raw, engine.deviceID) ?? []);
    },
    renameDevice: async (deviceID, name) => {
      await server.put(path`/v3/devices/${deviceID}`, { display_name: name.trim() });
    },
    endDevices: async (deviceIDs, answer) => {
      const request = (auth: unknown) =>
        server.post("/v3/delete_devices", { devices: deviceIDs, ...optional("auth", auth) });
      return (await interactively(request, answer, self)).outcome;
    },
    changePassword: async (password, endsOthers, answer) => {
      const request = (auth: unknown) =>
        server.post("/v3/account/password", {
          new_password: password,
          logout_devices: endsOthers,
          ...optional("auth", auth),
        });
      return (await interactively(request, answer, self)).outcome;
    },
    deactivate: async (erase, answer) => {
      const request = (auth: unknown) =>
        server.post("/v3/account/deactivate", { erase, ...optional("auth", auth) });
      return (await interactively(request, answer, self)).outcome;
    },

    createCode: (answer) => security.createCode(answer),
    confirmCode: () => security.confirmCode(),
    openWith: (code) => security.openWith(code),
    compareWithDevices: (deviceIDs) => security.compareWithDevices(deviceIDs),
    compareWithPerson: (userID) => security.compareWithPerson(userID),
    acceptComparison: (id) => security.acceptComparison(id),
    answerComparison: (id, isSame) => security.answerComparison(id, isSame),
    closeComparison: (id) => security.closeComparison(id),
    acceptChange: (userID) => security.people.acceptChange(userID),
    setWritesToUnconfirmed: (writes) => engine.setWritesToUnconfirmed(writes),

    download: async (source, size) => {
      if (source.kind === "mxc") return await engine.downloads.fetch(source.uri, size);
      if (source.kind === "encrypted") return await engine.downloads.open(source);
      const file = queue.file(source.id);
      if (file === undefined) throw new Failure("NOT_FOUND", "This file is not here any more.");
      return file;
    },
  };

  /** An event as it is now, edits included, for those who change it. */
  async function currentContent(
    engine: AccountEngine,
    room: RoomID,
    eventID: EventID,
  ): Promise<Pick<Event, "content">> {
    const event = await findEvent(engine, room, eventID);
    if (event === undefined) throw new Failure("M_NOT_FOUND", "No such event.");
    const relations = new Relations();
    for (const edit of await engine.history.related(room, [eventID])) relations.add(edit);
    return { content: relations.editOf(event)?.content ?? event.content };
  }

  async function findEvent(
    engine: AccountEngine,
    room: RoomID,
    eventID: EventID,
  ): Promise<Event | undefined> {
    for (const window of engine.timelines.of(room)) {
      const found = window.find(eventID);
      if (found !== undefined) return found;
    }
    return await engine.history.find(room, eventID);
  }

  async function replyTarget(
    engine: AccountEngine,
    room: RoomID,
    eventID: EventID | undefined,
  ): Promise<ReplyTarget | undefined> {
    if (eventID === undefined) return undefined;
    const event = await findEvent(engine, room, eventID);
    if (event === undefined) throw new Failure("M_NOT_FOUND", "No such event.");
    return {
      id: eventID,
      sender: event.sender,
      ...optional("threadRoot", threadOf(event.content)),
    };
  }

  async function setMarkedUnread(engine: AccountEngine, room: RoomID, unread: boolean) {
    const where = path`/v3/user/${self}/rooms/${room}/account_data/m.marked_unread`;
    await engine.updateRoom(room, { isMarkedUnread: unread });
    await server.put(where, { unread });
  }
}

function deviceIn(raw: unknown, current: string): Device | undefined {
  const id = stringIn(asObject(raw), "device_id");
  if (id === undefined) return undefined;
  return {
    id,
    ...optional("name", stringIn(raw, "display_name")?.slice(0, 200)),
    ...optional("lastSeenTS", integerIn(raw, "last_seen_ts")),
    ...optional("lastSeenIP", stringIn(raw, "last_seen_ip")?.slice(0, 100)),
    isCurrent: id === current,
  };
}
