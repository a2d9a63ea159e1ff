import type { Member } from "../../matrix/contract.ts";
import type { Key } from "../../locales/translate.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";

export type MemberRow =
  | { readonly kind: "title"; readonly key: string; readonly title: Key; readonly count: number }
  | { readonly kind: "member"; readonly key: string; readonly member: Member };

/** Members by what they are here, as one list of rows; only those whose name fits the query. */
export function memberRows(members: readonly Member[], query: string): readonly MemberRow[] {
  const words = folded(query).split(/\s+/u).filter((word) => word !== "");
  const fitting = members.filter((member) => {
    const name = folded(`${member.name} ${member.id}`);
    return words.every((word) => name.includes(word));
  });
  return groups.flatMap(({ title, holds }) => {
    const inside = fitting.filter(holds);
    if (inside.length === 0) return [];
    return [
      { kind: "title", key: title, title, count: inside.length } as const,
      ...inside.map((member) => ({ kind: "member", key: member.id, member }) as const),
    ];
  });
}

type Group = { readonly title: Key; readonly holds: (member: Member) => boolean };

const joined = (member: Member) => member.membership === "join";

const groups: readonly Group[] = [
  {
    title: "members.admins",
    holds: (member) => joined(member) && (member.role === "creator" || member.role === "admin"),
  },
  {
    title: "members.moderators",
    holds: (member) => joined(member) && member.role === "moderator",
  },
  { title: "members.members", holds: (member) => joined(member) && member.role === "member" },
  { title: "members.knocking", holds: (member) => member.membership === "knock" },
  { title: "members.invited", holds: (member) => member.membership === "invite" },
  { title: "members.banned", holds: (member) => member.membership === "ban" },
];
