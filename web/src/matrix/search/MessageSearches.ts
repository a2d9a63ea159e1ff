import { Failure, type FoundMessages, type MessageQuery } from "../contract.ts";
import { searchMessages, type SearchPlace } from "./searchMessages.ts";

/** More questions at once than this are not of people who type. */
const maxSearches = 20;

/** The searches that tabs wait for, by the names that the tabs gave them. */
export class MessageSearches {
  readonly #running = new Map<string, AbortController>();

  constructor(private readonly place: SearchPlace) {}

  async find(key: string, query: MessageQuery): Promise<FoundMessages> {
    if (this.#running.size >= maxSearches) throw new Failure("INTERNAL", "Too many searches.");
    const controller = new AbortController();
    this.#running.set(key, controller);
    try {
      return await searchMessages(this.place, query, controller.signal);
    } finally {
      this.#running.delete(key);
    }
  }

  /** Takes the request back from the server. Does nothing when it was answered already. */
  cancel(key: string): void {
    this.#running.get(key)?.abort();
  }
}
