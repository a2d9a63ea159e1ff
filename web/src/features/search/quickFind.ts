import type { RoomID } from "../../matrix/contract.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";

export type Candidate = {
  readonly id: RoomID;
  readonly name: string;
  readonly lastActivityTS: number;
};

/** At most this many are offered. */
const LIMIT = 12;

/** Conversations whose name holds each word: those that begin so first, then the latest. */
export function quickFind(all: readonly Candidate[], query: string): readonly Candidate[] {
  const words = folded(query).split(/\s+/u).filter((word) => word !== "");
  const fitting = all.flatMap((candidate) => {
    const name = folded(candidate.name);
    if (!words.every((word) => name.includes(word))) return [];
    return [{ candidate, isStart: words[0] !== undefined && name.startsWith(words[0]) }];
  });
  return fitting
    .sort((one, other) =>
      Number(other.isStart) - Number(one.isStart) ||
      other.candidate.lastActivityTS - one.candidate.lastActivityTS
    )
    .slice(0, LIMIT)
    .map(({ candidate }) => candidate);
}
