import type { Directory, Person } from "../matrix/contract.ts";
import type { Sentence } from "../locales/translate.ts";
import { Value } from "../ui/Value.ts";
import { problem } from "./problems.ts";

export type PeopleSearchState = {
  readonly query: string;
  readonly status: "idle" | "searching" | "done" | "failed";
  readonly people: readonly Person[];
  readonly isLimited: boolean;
  readonly problem?: Sentence;
};

/** How long typing must pause before the server is asked, in milliseconds. */
const PAUSE_MS = 250;

const LIMIT = 30;

/** Finds people in the directory as their name is typed. Answers that come too late are dropped. */
export class PeopleSearch {
  readonly state = new Value<PeopleSearchState>({
    query: "",
    status: "idle",
    people: [],
    isLimited: false,
  });
  #turn = 0;

  constructor(
    private readonly directory: Pick<Directory, "findUsers">,
    private readonly pause: (ms: number) => Promise<void> = wait,
  ) {}

  async search(query: string): Promise<void> {
    const turn = ++this.#turn;
    if (query.trim() === "") {
      this.state.set({ query, status: "idle", people: [], isLimited: false });
      return;
    }
    this.state.update((state) => ({ ...without(state), query, status: "searching" }));
    await this.pause(PAUSE_MS);
    if (turn !== this.#turn) return;
    try {
      const { users, isLimited } = await this.directory.findUsers(query.trim(), LIMIT);
      if (turn !== this.#turn) return;
      this.state.set({ query, status: "done", people: users, isLimited });
    } catch (error) {
      if (turn !== this.#turn) return;
      this.state.update((state) => ({ ...state, status: "failed", problem: problem(error) }));
    }
  }
}

function without({ problem: _, ...state }: PeopleSearchState): PeopleSearchState {
  return state;
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
