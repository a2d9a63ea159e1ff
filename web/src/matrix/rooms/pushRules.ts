import { arrayIn, asObject, booleanIn, field, type JsonObject, stringIn } from "../api/json.ts";
import type { GeneralNotifications, NotificationLevel, RoomID } from "../contract.ts";
import type { Homeserver } from "../api/Homeserver.ts";
import { path } from "../api/Homeserver.ts";

/**
 * Which level a room has, as `m.push_rules` says it.
 *
 * Levels are kept as rules that other clients know too: a rule of kind `room` with the room's ID
 * that notifies (all) or does not (mentions), or one of kind `override` with that ID that
 * silences the room (mute).
 *
 * - Spec: Push rules
 */
export function roomLevel(rules: JsonObject | undefined, roomID: RoomID): NotificationLevel {
  const override = ruleIn(rules, "override", roomID);
  if (override !== undefined && isEnabled(override) && !notifies(override)) return "mute";
  const room = ruleIn(rules, "room", roomID);
  if (room === undefined || !isEnabled(room)) return "default";
  return notifies(room) ? "all" : "mentions";
}

/** The rules that decide for messages that mention nobody. */
const messageRules = [".m.rule.message", ".m.rule.encrypted"] as const;

export function generalLevel(rules: JsonObject | undefined): GeneralNotifications {
  const master = ruleIn(rules, "override", ".m.rule.master");
  if (master !== undefined && isEnabled(master)) return "none";
  const message = ruleIn(rules, "underride", ".m.rule.message");
  if (message === undefined) return "all";
  return isEnabled(message) && notifies(message) ? "all" : "mentions";
}

export async function setRoomLevel(
  server: Homeserver,
  rules: JsonObject | undefined,
  roomID: RoomID,
  level: NotificationLevel,
): Promise<void> {
  if (level === roomLevel(rules, roomID)) return;
  const override = path`/v3/pushrules/global/override/${roomID}`;
  const room = path`/v3/pushrules/global/room/${roomID}`;
  // First the rule that says the new level, then away with what would contradict it.
  if (level === "mute") {
    const conditions = [{ kind: "event_match", key: "room_id", pattern: roomID }];
    await server.put(override, { conditions, actions: [] });
  } else if (level === "all") {
    await server.put(room, { actions: ["notify", { set_tweak: "sound", value: "default" }] });
  } else if (level === "mentions") {
    await server.put(room, { actions: [] });
  }
  if (level !== "mute" && ruleIn(rules, "override", roomID) !== undefined) {
    await server.delete(override);
  }
  if (level === "default" && ruleIn(rules, "room", roomID) !== undefined) {
    await server.delete(room);
  }
}

export async function setGeneralLevel(
  server: Homeserver,
  level: GeneralNotifications,
): Promise<void> {
  await server.put(path`/v3/pushrules/global/override/.m.rule.master/enabled`, {
    enabled: level === "none",
  });
  if (level === "none") return;
  const actions = level === "all" ? ["notify"] : [];
  for (const id of messageRules) {
    await server.put(path`/v3/pushrules/global/underride/${id}/actions`, { actions });
  }
}

function ruleIn(rules: JsonObject | undefined, kind: string, id: string): JsonObject | undefined {
  return arrayIn(field(rules, "global"), kind).map(asObject)
    .find((rule) => stringIn(rule, "rule_id") === id);
}

/** - Spec: a rule is enabled unless it says otherwise. */
function isEnabled(rule: JsonObject): boolean {
  return booleanIn(rule, "enabled") !== false;
}

/** `coalesce` is an old word for notify. */
function notifies(rule: JsonObject): boolean {
  return arrayIn(rule, "actions").some((action) => action === "notify" || action === "coalesce");
}
