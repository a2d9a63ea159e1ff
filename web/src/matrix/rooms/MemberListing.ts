import { Cell } from "../../platform/Cell.ts";
import { reuseList } from "../../platform/equal.ts";
import {
  Failure,
  type Member,
  type MemberList,
  type Membership,
  type UserID,
} from "../contract.ts";
import type { MemberRecord, RoomRecord } from "../storage/records.ts";
import type { Members } from "./Members.ts";
import { personOf } from "./names.ts";
import { powerOf } from "./power.ts";

const ranks: Record<Membership, number> = { join: 0, invite: 1, knock: 2, ban: 3, leave: 4 };

/** The whole list of a room's members, while somebody looks at it. */
export class MemberListing {
  readonly state = new Cell<MemberList>({ isComplete: false, members: [] });
  watchers = 0;
  #isLoading = false;
  #isStale = false;

  constructor(
    private readonly members: Members,
    private readonly self: UserID,
    private readonly record: () => RoomRecord | undefined,
    private readonly stored: (room: RoomRecord) => void,
  ) {}

  /** Reads the list again, and fetches what was never told. Calls meanwhile make it read once more. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#read();
        const room = this.record();
        if (room === undefined || room.hasAllMembers || room.membership !== "join") continue;
        const full = await this.members.fetchAll(room.id);
        if (full !== undefined) this.stored(full);
        await this.#read();
      }
    } catch (error) {
      // Offline: what is known is shown, and the next change tries again.
      if (!(error instanceof Failure)) throw error;
    } finally {
      this.#isLoading = false;
    }
  }

  async #read(): Promise<void> {
    const room = this.record();
    if (room === undefined) return;
    const all = await this.members.all(room.id);
    const here = all.filter(({ membership }) => membership !== "leave");
    const members = listed(here, room, this.self);
    const old = this.state.get();
    const next = reuseList(old.members, members, ({ id }) => id);
    if (next === old.members && old.isComplete === room.hasAllMembers) return;
    this.state.set({ isComplete: room.hasAllMembers, members: next });
  }
}

function listed(
  records: readonly MemberRecord[],
  room: RoomRecord,
  self: UserID,
): readonly Member[] {
  const counts = new Map<string, number>();
  for (const { skeleton } of records) {
    if (skeleton !== undefined) counts.set(skeleton, (counts.get(skeleton) ?? 0) + 1);
  }
  const members = records.map(({ userID, name, avatar, membership, skeleton }): Member => {
    const power = powerOf(room.facts, userID);
    return {
      ...personOf(userID, name, avatar, (counts.get(skeleton ?? "") ?? 0) > 1),
      membership,
      power,
      role: power === Infinity
        ? "creator"
        : power >= 100
        ? "admin"
        : power >= 50
        ? "moderator"
        : "member",
      isSelf: userID === self,
    };
  });
  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  return members.sort((a, b) =>
    ranks[a.membership] - ranks[b.membership] ||
    (a.power === b.power ? 0 : b.power - a.power) ||
    collator.compare(a.name, b.name)
  );
}
