import type { Directory, PublicRoom } from "../../matrix/contract.ts";
import type { Sentence } from "../../locales/translate.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type RoomDirectoryState = {
  readonly search: string;
  readonly status: "loading" | "loading-more" | "done" | "failed";
  readonly rooms: readonly PublicRoom[];
  readonly total?: number | undefined;
  /** Where the next page begins; undefined when this is all. */
  readonly next?: string | undefined;
  readonly problem?: Sentence | undefined;
};

/** How long typing must pause before the server is asked, in milliseconds. */
const PAUSE_MS = 250;

const PAGE = 20;

/** The public rooms, page by page. Answers to an older question are dropped. */
export class RoomDirectoryModel {
  readonly state = new Value<RoomDirectoryState>({ search: "", status: "loading", rooms: [] });
  #turn = 0;

  constructor(
    private readonly directory: Pick<Directory, "publicRooms">,
    private readonly pause: (ms: number) => Promise<void> = wait,
  ) {}

  async search(search: string): Promise<void> {
    const turn = ++this.#turn;
    this.state.update((state) => ({ ...state, search, status: "loading", problem: undefined }));
    if (search !== "") await this.pause(PAUSE_MS);
    if (turn === this.#turn) await this.#fetch(turn, undefined);
  }

  async more(): Promise<void> {
    const { next, status } = this.state.get();
    if (next === undefined || status !== "done") return;
    this.state.update((state) => ({ ...state, status: "loading-more" }));
    await this.#fetch(this.#turn, next);
  }

  retry(): Promise<void> {
    return this.search(this.state.get().search);
  }

  async #fetch(turn: number, from: string | undefined): Promise<void> {
    const search = this.state.get().search.trim();
    try {
      const page = await this.directory.publicRooms({
        limit: PAGE,
        ...(search === "" ? {} : { search }),
        ...(from === undefined ? {} : { from }),
      });
      if (turn !== this.#turn) return;
      this.state.update((state) => ({
        ...state,
        status: "done",
        rooms: from === undefined ? page.rooms : added(state.rooms, page.rooms),
        next: page.next,
        total: page.total,
      }));
    } catch (error) {
      if (turn !== this.#turn) return;
      this.state.update((state) => ({ ...state, status: "failed", problem: problem(error) }));
    }
  }
}

/** A page may repeat what came before, when a room was added meanwhile. */
function added(rooms: readonly PublicRoom[], page: readonly PublicRoom[]): readonly PublicRoom[] {
  const known = new Set(rooms.map((room) => room.id));
  return [...rooms, ...page.filter((room) => !known.has(room.id))];
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
