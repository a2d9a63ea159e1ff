import type { Member, Permissions } from "../../matrix/contract.ts";

export type PersonVerb = "kick" | "withdraw" | "ban" | "unban";

/** What this person may do to that member. One can only act on those below oneself. */
export function personVerbs(member: Member, may: Permissions): readonly PersonVerb[] {
  if (member.isSelf || member.power >= may.power) return [];
  switch (member.membership) {
    case "join":
      return [...may.kick ? ["kick" as const] : [], ...may.ban ? ["ban" as const] : []];
    case "invite":
    case "knock":
      return may.kick ? ["withdraw"] : [];
    case "ban":
      return may.ban && may.kick ? ["unban"] : [];
    case "leave":
      return [];
  }
}

/** The roles that can be given to a member: none above one's own. */
export function givableRoles(member: Member, may: Permissions): readonly number[] {
  const isAbove = member.power >= may.power && !member.isSelf;
  if (!may.setPower || isAbove || member.membership !== "join" || !Number.isFinite(member.power)) {
    return [];
  }
  return [0, 50, 100].filter((power) => power <= may.power);
}

/** The role that a power stands for. */
export function roleOf(power: number): 0 | 50 | 100 {
  return power >= 100 ? 100 : power >= 50 ? 50 : 0;
}
