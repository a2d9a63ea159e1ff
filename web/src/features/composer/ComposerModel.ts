import type {
  EventID,
  EventItem,
  Mention,
  OutgoingFile,
  OutgoingText,
  Person,
  Room,
} from "../../matrix/contract.ts";
import { Value } from "../../ui/Value.ts";
import { type Completion, completionAt, type Suggestion } from "./completion.ts";

export type Draft = {
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly replyTo?: ReplyTo;
  readonly editing?: EventID;
};

/** What is being answered: enough to draw it above the draft. */
export type ReplyTo = {
  readonly eventID: EventID;
  readonly item: EventItem;
};

/** Where drafts outlast a reload of the page. */
export interface DraftShelf {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

export const emptyDraft: Draft = { text: "", mentions: [] };

/** The words with which everybody is called, in any language that the client speaks. */
const EVERYBODY = /(?:^|\s)@(?:salon|room)(?!\p{L})/u;

/** What is being written in one room. Knows no DOM: the view draws `draft` and calls the rest. */
export class ComposerModel {
  readonly draft: Value<Draft>;
  /** The word at the cursor that could be completed, with what it could become. */
  readonly completion = new Value<Completion | undefined>(undefined);
  /** Set while something is edited: what was being written before. */
  #before: Draft | undefined;

  constructor(private readonly room: Room, private readonly shelf: DraftShelf) {
    this.draft = new Value(this.#stored());
  }

  get canSend(): boolean {
    return this.draft.get().text.trim() !== "";
  }

  /** - `cursor`: in UTF-16 units, where the next letter goes. */
  edit(text: string, cursor: number): void {
    this.#set({ ...this.draft.get(), text });
    this.#complete(text, cursor);
    this.room.setTyping(text !== "");
  }

  /** Queues the message and clears the draft at once; the send queue shows it as a local echo. */
  async send(): Promise<void> {
    if (!this.canSend) return;
    const { editing } = this.draft.get();
    const message = this.#outgoing();
    this.#set(this.#before ?? emptyDraft);
    this.#before = undefined;
    this.completion.set(undefined);
    this.room.setTyping(false);
    if (editing === undefined) await this.room.sendText(message);
    else await this.room.edit(editing, message);
  }

  /** Files go one after the other; the first takes the caption and the reply. */
  async sendFiles(files: readonly File[], caption: string): Promise<void> {
    const { replyTo } = this.draft.get();
    this.stopReply();
    for (const [index, file] of files.entries()) {
      const words = caption.trim();
      const options: OutgoingFile = index > 0 ? {} : {
        ...(words === "" ? {} : { caption: words }),
        ...(replyTo === undefined ? {} : { replyTo: replyTo.eventID }),
      };
      await this.room.sendFile(file, options);
    }
  }

  reply(item: EventItem): void {
    const { eventID } = item;
    if (eventID === undefined) return;
    this.stopEditing();
    this.#set({ ...this.draft.get(), replyTo: { eventID, item } });
  }

  stopReply(): void {
    const { replyTo: _, ...rest } = this.draft.get();
    this.#set(rest);
  }

  /** Puts a message into the draft, to be sent again in its place. */
  async startEditing(item: EventItem): Promise<void> {
    const { eventID } = item;
    if (eventID === undefined) return;
    const { text, mentions = [] } = await this.room.editable(eventID);
    this.#before ??= this.draft.get().editing === undefined ? this.draft.get() : undefined;
    this.#set({ text, mentions, editing: eventID });
  }

  stopEditing(): void {
    if (this.draft.get().editing === undefined) return;
    this.#set(this.#before ?? emptyDraft);
    this.#before = undefined;
  }

  /**
   * Takes a suggestion into the text.
   *
   * - Returns: where the cursor goes.
   */
  take(suggestion: Suggestion): number {
    const completion = this.completion.get();
    const draft = this.draft.get();
    if (completion === undefined) return draft.text.length;
    const words = wordsOf(suggestion);
    const before = draft.text.slice(0, completion.start);
    const after = draft.text.slice(completion.end);
    const space = after.startsWith(" ") ? "" : " ";
    const mentions = suggestion.kind === "person"
      ? [...draft.mentions, { userID: suggestion.person.id, text: words }]
      : draft.mentions;
    this.#set({ ...draft, text: before + words + space + after, mentions });
    this.completion.set(undefined);
    return (before + words).length + 1;
  }

  closeCompletion(): void {
    this.completion.set(undefined);
  }

  /** Puts text where the cursor is; gives where it goes then. */
  insert(words: string, start: number, end: number): number {
    const draft = this.draft.get();
    this.#set({ ...draft, text: draft.text.slice(0, start) + words + draft.text.slice(end) });
    return start + words.length;
  }

  /** Puts marks around what is selected, or takes them away; gives the new selection. */
  wrap(mark: string, start: number, end: number): readonly [number, number] {
    const { text } = this.draft.get();
    const isWrapped = text.slice(start - mark.length, start) === mark &&
      text.slice(end, end + mark.length) === mark;
    const inside = text.slice(start, end);
    const next = isWrapped
      ? text.slice(0, start - mark.length) + inside + text.slice(end + mark.length)
      : text.slice(0, start) + mark + inside + mark + text.slice(end);
    const shift = isWrapped ? -mark.length : mark.length;
    this.#set({ ...this.draft.get(), text: next });
    return [start + shift, end + shift];
  }

  #complete(text: string, cursor: number): void {
    const word = completionAt(text, cursor);
    if (word === undefined) {
      this.completion.set(undefined);
      return;
    }
    this.completion.set({ ...word, people: this.completion.get()?.people ?? [] });
    if (word.kind !== "person") return;
    this.room.findMembers(word.query).then((people) => this.#found(word.query, people), () => {});
  }

  #found(query: string, people: readonly Person[]): void {
    const now = this.completion.get();
    if (now?.kind === "person" && now.query === query) this.completion.set({ ...now, people });
  }

  #outgoing(): OutgoingText {
    const { text, mentions, replyTo } = this.draft.get();
    const isEmote = /^\/me\s/u.test(text);
    const said = (isEmote ? text.slice(4) : text).trim();
    const meant = mentions.filter((mention) => said.includes(mention.text));
    return {
      text: said,
      ...(replyTo === undefined ? {} : { replyTo: replyTo.eventID }),
      ...(meant.length === 0 ? {} : { mentions: onceEach(meant) }),
      ...(this.#callsEverybody(said) ? { mentionsRoom: true } : {}),
      ...(isEmote ? { isEmote } : {}),
    };
  }

  #callsEverybody(text: string): boolean {
    return EVERYBODY.test(text) && this.room.permissions.get().notifyRoom;
  }

  #set(draft: Draft): void {
    this.draft.set(draft);
    if (draft.editing !== undefined) return;
    const key = shelfKey(this.room.id);
    try {
      if (draft.text === "") this.shelf.removeItem(key);
      else {
        const { text, mentions } = draft;
        this.shelf.setItem(key, JSON.stringify({ text, mentions }));
      }
    } catch {
      // A full storage: the draft lives as long as the page.
    }
  }

  #stored(): Draft {
    try {
      const { text, mentions } = JSON.parse(this.shelf.getItem(shelfKey(this.room.id)) ?? "{}");
      if (typeof text === "string") return { text, mentions: mentions.filter(isMention) };
    } catch {
      // Damaged: as if nothing had been written.
    }
    return emptyDraft;
  }
}

function wordsOf(suggestion: Suggestion): string {
  switch (suggestion.kind) {
    case "person":
      return `@${suggestion.person.name}`;
    case "everybody":
      return "@salon";
    case "emoji":
      return suggestion.characters;
  }
}

function onceEach(mentions: readonly Mention[]): readonly Mention[] {
  return [...new Map(mentions.map((mention) => [mention.userID, mention])).values()];
}

function isMention(value: unknown): value is Mention {
  const mention = value as Partial<Mention> | null;
  return typeof mention?.userID === "string" && typeof mention.text === "string";
}

function shelfKey(roomID: string): string {
  return `chappe.draft ${roomID}`;
}
