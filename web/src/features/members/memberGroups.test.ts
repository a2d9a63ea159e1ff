import type { Member } from "../../matrix/contract.ts";
import { memberRows } from "./memberGroups.ts";

function member(name: string, more: Partial<Member> = {}): Member {
  return {
    id: `@${name}:culture.example`,
    name,
    membership: "join",
    power: 0,
    role: "member",
    isSelf: false,
    ...more,
  };
}

const members = [
  member("Amélie", { role: "creator", power: Infinity }),
  member("Basile", { role: "moderator", power: 50 }),
  member("Chloé"),
  member("David", { membership: "invite" }),
];

function words(query: string): string {
  return memberRows(members, query)
    .map((row) => row.kind === "title" ? `[${row.title} ${row.count}]` : row.member.name)
    .join(" ");
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Members stand under what they are here, and empty groups are left out", () => {
  expect(
    words(""),
    "[members.admins 1] Amélie [members.moderators 1] Basile " +
      "[members.members 1] Chloé [members.invited 1] David",
  );
});

Deno.test("Filtering ignores accents, and also finds addresses", () => {
  expect(words("ame"), "[members.admins 1] Amélie");
  expect(words("david:culture"), "[members.invited 1] David");
  expect(words("personne"), "");
});
