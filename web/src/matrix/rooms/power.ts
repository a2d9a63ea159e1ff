import { asInteger, entriesIn, field, type JsonObject } from "../api/json.ts";
import type { Permissions, PowerLevels, UserID } from "../contract.ts";
import type { RoomFacts } from "../storage/records.ts";

/**
 * A room's power levels with the defaults filled in.
 *
 * - Spec: m.room.power_levels. Without such an event, `state_default` is 0 too.
 */
export function powerLevels(facts: RoomFacts): PowerLevels {
  const { power } = facts;
  const level = (key: string, otherwise: number) => asLevel(field(power, key)) ?? otherwise;
  const events = entriesIn(power, "events")
    .flatMap(([type, value]) => {
      const needed = asLevel(value);
      return needed === undefined ? [] : [[type, needed] as const];
    });
  return {
    ban: level("ban", 50),
    kick: level("kick", 50),
    invite: level("invite", 0),
    redact: level("redact", 50),
    eventsDefault: level("events_default", 0),
    stateDefault: level("state_default", power === undefined ? 0 : 50),
    usersDefault: level("users_default", 0),
    notifyRoom: asLevel(field(field(power, "notifications"), "room")) ?? 50,
    events: new Map(events),
  };
}

/** Infinity for a creator, since v12. */
export function powerOf(facts: RoomFacts, userID: UserID): number {
  if (hasCreatorPower(facts) && facts.creators.includes(userID)) return Infinity;
  if (facts.power === undefined) return facts.creators.includes(userID) ? 100 : 0;
  return asLevel(field(field(facts.power, "users"), userID)) ??
    asLevel(field(facts.power, "users_default")) ?? 0;
}

/** Since v12: creators stand above all levels, and are not named in them. */
export function hasCreatorPower(facts: RoomFacts): boolean {
  const version = Number(facts.version);
  return Number.isNaN(version) ? facts.version === "org.matrix.hydra.11" : version >= 12;
}

/** - Parameter canEncrypt: What is to be encrypted can be. */
export function permissions(
  facts: RoomFacts,
  userID: UserID,
  isJoined: boolean,
  canEncrypt: boolean,
): Permissions {
  const levels = powerLevels(facts);
  const power = powerOf(facts, userID);
  const reaches = (needed: number) => isJoined && power >= needed;
  const maySend = (type: string) => reaches(levels.events.get(type) ?? levels.eventsDefault);
  // What cannot be encrypted is not said at all.
  const isReadable = !facts.isEncrypted || canEncrypt;
  const mayState = (type: string) => reaches(levels.events.get(type) ?? levels.stateDefault);
  return {
    send: maySend("m.room.message") && !facts.isReplaced && isReadable,
    react: maySend("m.reaction") && isReadable,
    redactOwn: maySend("m.room.redaction"),
    redactOthers: maySend("m.room.redaction") && reaches(levels.redact),
    invite: reaches(levels.invite),
    kick: reaches(levels.kick),
    ban: reaches(levels.ban),
    notifyRoom: reaches(levels.notifyRoom),
    setName: mayState("m.room.name"),
    setTopic: mayState("m.room.topic"),
    setAvatar: mayState("m.room.avatar"),
    setPower: mayState("m.room.power_levels"),
    setJoinRule: mayState("m.room.join_rules"),
    setHistoryVisibility: mayState("m.room.history_visibility"),
    power,
  };
}

/** Of a room where this person is not, or that is not known. */
export const noPermissions: Permissions = permissions(
  {
    version: "1",
    creators: [],
    isSpace: false,
    joinRule: "invite",
    historyVisibility: "shared",
    isEncrypted: false,
    isReplaced: false,
  },
  "",
  false,
  false,
);

/** The content to send to give `userID` this power: all that was there stays. */
export function powerContentWith(facts: RoomFacts, userID: UserID, power: number): JsonObject {
  const users = new Map(entriesIn(facts.power, "users"));
  if (power === powerLevels(facts).usersDefault) users.delete(userID);
  else users.set(userID, power);
  const base = facts.power ??
    { users: Object.fromEntries(facts.creators.map((id) => [id, 100])), state_default: 50 };
  return { ...base, users: Object.fromEntries(users) };
}

/** Before v10, some servers wrote levels as strings. */
function asLevel(value: unknown): number | undefined {
  if (typeof value === "string" && /^\s*-?\d{1,16}\s*$/.test(value)) {
    return asInteger(Number(value));
  }
  return typeof value === "number" && Number.isFinite(value)
    ? asInteger(Math.trunc(value))
    : undefined;
}
