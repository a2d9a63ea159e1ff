import { startingWith } from "../../platform/Database.ts";
import { arrayIn, field } from "../api/json.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import type { Person, RoomID, UserID } from "../contract.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { MemberRecord, RoomRecord } from "../storage/records.ts";
import { membersIn } from "../sync/applySync.ts";
import { events, isState } from "../sync/SyncAnswer.ts";
import { personOf } from "./names.ts";

/** More members of a room than this are not kept in memory one by one, only while watched. */
const maxCached = 5_000;

type Known = {
  readonly members: Map<UserID, MemberRecord | undefined>;
  /** Names that more than one member of the room has. */
  readonly shared: Map<string, boolean>;
};

/**
 * Who the people in a room are: their names and pictures, from storage, as far as they are needed.
 *
 * `person` answers at once from what `load` has fetched before.
 */
export class Members {
  readonly #rooms = new Map<RoomID, Known>();

  constructor(private readonly database: AccountDatabase, private readonly server: Homeserver) {}

  person(roomID: RoomID, userID: UserID): Person {
    const known = this.#rooms.get(roomID);
    const member = known?.members.get(userID);
    const isShared = member?.skeleton !== undefined &&
      known?.shared.get(member.skeleton) === true;
    return personOf(userID, member?.name, member?.avatar, isShared);
  }

  member(roomID: RoomID, userID: UserID): MemberRecord | undefined {
    return this.#rooms.get(roomID)?.members.get(userID);
  }

  /** Makes `person` know these people, and whether their names are theirs alone. */
  async load(roomID: RoomID, userIDs: Iterable<UserID>): Promise<void> {
    const known = this.#known(roomID);
    const missing = [...new Set(userIDs)].filter((id) => !known.members.has(id));
    const unsure = this.#unsure(known);
    if (missing.length === 0 && unsure.length === 0) return;
    await this.database.read(["members"], async (tx) => {
      const found = await Promise.all(missing.map((id) => tx.get("members", [roomID, id])));
      missing.forEach((id, index) => known.members.set(id, found[index]));
      const names = this.#unsure(known);
      const counts = await Promise.all(names.map((name) => {
        const range = { lower: [roomID, name], upper: [roomID, name] };
        return tx.count("members", range, "bySkeleton");
      }));
      names.forEach((name, index) => known.shared.set(name, (counts[index] ?? 0) > 1));
    });
  }

  /** All members that are stored. */
  async all(roomID: RoomID): Promise<readonly MemberRecord[]> {
    const all = await this.database.read(
      ["members"],
      (tx) => tx.getAll("members", startingWith(roomID)),
    );
    if (all.length <= maxCached) {
      const known = this.#known(roomID);
      for (const member of all) known.members.set(member.userID, member);
    }
    return all;
  }

  /**
   * Fetches the whole list, for rooms of which sync has told the members only in part.
   *
   * Returns the room as stored then.
   *
   * - Spec: Lazy-loading room members
   */
  async fetchAll(roomID: RoomID): Promise<RoomRecord | undefined> {
    const answer = await this.server.ask({
      method: "GET",
      path: path`/v3/rooms/${roomID}/members`,
      query: { not_membership: "leave" },
    });
    const members = membersIn(events(arrayIn(answer, "chunk"), roomID).filter(isState), roomID);
    const room = await this.database.write(["members", "rooms"], async (tx) => {
      const room = await tx.get("rooms", roomID);
      if (room === undefined) return undefined;
      // Whoever is not in the answer has left.
      const now = new Set(members.map(({ userID }) => userID));
      for (const old of await tx.getAll("members", startingWith(roomID))) {
        if (now.has(old.userID) || old.membership === "leave") continue;
        const { skeleton: _, ...rest } = old;
        tx.put("members", { ...rest, membership: "leave" });
      }
      for (const member of members) tx.put("members", member);
      const full: RoomRecord = { ...room, hasAllMembers: true };
      tx.put("rooms", full);
      return full;
    });
    this.#rooms.delete(roomID);
    return room;
  }

  /** Takes in what is stored now. `load` has to be called again before `person` is asked. */
  changed(roomID: RoomID, members: readonly MemberRecord[]): void {
    const known = this.#rooms.get(roomID);
    if (known === undefined) return;
    for (const member of members) {
      const old = known.members.get(member.userID);
      if (old?.skeleton !== undefined) known.shared.delete(old.skeleton);
      if (member.skeleton !== undefined) known.shared.delete(member.skeleton);
      if (known.members.has(member.userID) || known.members.size < maxCached) {
        known.members.set(member.userID, member);
      }
    }
  }

  forget(roomID: RoomID): void {
    this.#rooms.delete(roomID);
  }

  /** From history: members as they were, for those of whom nothing newer is known. */
  async addOld(roomID: RoomID, raw: readonly unknown[]): Promise<void> {
    const members = membersIn(events(raw, roomID).filter(isState), roomID);
    if (members.length === 0) return;
    const added = await this.database.write(["members"], async (tx) => {
      const news: MemberRecord[] = [];
      for (const member of members) {
        if (await tx.get("members", [roomID, member.userID]) !== undefined) continue;
        tx.put("members", member);
        news.push(member);
      }
      return news;
    });
    this.changed(roomID, added);
  }

  #known(roomID: RoomID): Known {
    const known = this.#rooms.get(roomID) ?? { members: new Map(), shared: new Map() };
    this.#rooms.set(roomID, known);
    return known;
  }

  #unsure(known: Known): string[] {
    const names = [...known.members.values()].flatMap((member) => member?.skeleton ?? []);
    return [...new Set(names)].filter((name) => !known.shared.has(name));
  }
}

/** The names in some text that members could be searched by. */
export function matches(member: MemberRecord, query: string): boolean {
  const wanted = query.toLocaleLowerCase();
  return (member.name ?? "").toLocaleLowerCase().includes(wanted) ||
    member.userID.toLowerCase().includes(wanted);
}

/** - Spec: m.direct: for each person, the rooms that are direct messages with them. */
export function directRooms(content: unknown): Map<RoomID, UserID> {
  const direct = new Map<RoomID, UserID>();
  for (const [userID, rooms] of Object.entries(content ?? {})) {
    if (!userID.startsWith("@")) continue;
    for (const roomID of arrayIn({ rooms }, "rooms")) {
      if (typeof roomID === "string") direct.set(roomID, userID);
    }
  }
  return direct;
}

/** - Spec: m.ignored_user_list */
export function ignoredUsers(content: unknown): readonly UserID[] {
  return Object.keys(field(content, "ignored_users") ?? {}).filter((id) => id.startsWith("@"));
}
