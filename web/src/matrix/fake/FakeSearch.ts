import {
  Failure,
  type FoundMessage,
  type FoundMessages,
  type MessageQuery,
  type Search,
} from "../contract.ts";
import type { FakeRoom } from "./FakeRoom.ts";

const pageSize = 20;

/** Finds in the sample rooms. A search for « panne » fails. */
export class FakeSearch implements Search {
  constructor(private readonly rooms: () => Iterable<FakeRoom>) {}

  async messages(query: MessageQuery, signal?: AbortSignal): Promise<FoundMessages> {
    await new Promise((done) => setTimeout(done, 200));
    if (signal?.aborted) throw new Failure("CANCELLED", "Taken back.");
    if (query.text.includes("panne")) throw new Failure("OFFLINE", "No answer.");
    const wanted = wordsOf(query.text);
    const words = new Set<string>();
    const all: FoundMessage[] = [];
    for (const room of this.rooms()) {
      const summary = room.summary.get();
      if (summary?.membership !== "join" || summary.isEncrypted) continue;
      if (query.roomID !== undefined && query.roomID !== room.id) continue;
      for (const item of room.items.get()) {
        if (item.kind !== "event" || item.eventID === undefined) continue;
        const { eventID, sender, ts, content } = item;
        const body = content.kind === "text" ? content.body : "";
        const said = wordsOf(body);
        const hits = wanted.map((word) => said.filter(({ plain }) => plain.startsWith(word.plain)));
        if (wanted.length === 0 || hits.some((found) => found.length === 0)) continue;
        for (const hit of hits.flat()) words.add(hit.word.toLowerCase());
        all.push({ roomID: room.id, eventID, sender, ts, content });
      }
    }
    all.sort((one, other) => other.ts - one.ts);
    const from = Number(query.from ?? 0);
    return {
      messages: all.slice(from, from + pageSize),
      words: [...words],
      total: all.length,
      ...(from + pageSize < all.length ? { next: String(from + pageSize) } : {}),
    };
  }
}

function wordsOf(text: string): readonly { readonly word: string; readonly plain: string }[] {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => ({
    word,
    plain: word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(),
  }));
}
