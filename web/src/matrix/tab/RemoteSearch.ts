import { Failure, type FoundMessages, type MessageQuery, type Search } from "../contract.ts";
import type { EngineLink } from "./EngineLink.ts";

/** Finding what was said, asked of the engine. */
export class RemoteSearch implements Search {
  constructor(private readonly link: EngineLink, private readonly unique: () => string) {}

  async messages(query: MessageQuery, signal?: AbortSignal): Promise<FoundMessages> {
    const key = this.unique();
    const cancel = () => this.link.tell("cancelSearch", key);
    if (signal?.aborted) throw new Failure("CANCELLED", "Taken back.");
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await this.link.call("searchMessages", key, query);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }
}
