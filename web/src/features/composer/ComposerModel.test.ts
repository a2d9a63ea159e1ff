import { FakeRoom } from "../../matrix/fake/FakeRoom.ts";
import { fakeSummaries } from "../../matrix/fake/fakeRooms.ts";
import { self } from "../../matrix/fake/people.ts";
import type { EventItem, OutgoingText, RoomSummary } from "../../matrix/contract.ts";
import { ComposerModel, type DraftShelf } from "./ComposerModel.ts";

class MemoryShelf implements DraftShelf {
  readonly texts = new Map<string, string>();
  getItem = (key: string) => this.texts.get(key) ?? null;
  setItem = (key: string, text: string) => void this.texts.set(key, text);
  removeItem = (key: string) => void this.texts.delete(key);
}

class ListeningRoom extends FakeRoom {
  readonly said: OutgoingText[] = [];
  readonly edited: string[] = [];
  constructor() {
    super(fakeSummaries(0)[0] as RoomSummary, 20, new Map());
  }
  override sendText(message: OutgoingText): Promise<void> {
    this.said.push(message);
    return Promise.resolve();
  }
  override edit(eventID: string, message: OutgoingText): Promise<void> {
    this.edited.push(`${eventID} ${message.text}`);
    return Promise.resolve();
  }
}

function begin() {
  const room = new ListeningRoom();
  const shelf = new MemoryShelf();
  return { room, shelf, composer: new ComposerModel(room, shelf) };
}

function write(composer: ComposerModel, text: string): void {
  composer.edit(text, text.length);
}

function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

Deno.test("Sending clears the draft at once, and nothing but spaces is not sent", async () => {
  const { room, composer } = begin();
  write(composer, "  \n ");
  await composer.send();
  write(composer, " Bonjour\n");
  const sent = composer.send();
  expect(composer.draft.get().text, "");
  await sent;
  expect(room.said, [{ text: "Bonjour" }]);
});

Deno.test("Somebody mentioned is told, unless the words are taken out again", async () => {
  const { room, composer } = begin();
  write(composer, "Bonjour @Amé");
  composer.take({ kind: "person", person: self });
  expect(composer.draft.get().text, `Bonjour @${self.name} `);
  await composer.send();
  expect(room.said[0]?.mentions, [{ userID: self.id, text: `@${self.name}` }]);
  write(composer, "@Amé");
  composer.take({ kind: "person", person: self });
  write(composer, "finalement non");
  await composer.send();
  expect(room.said[1], { text: "finalement non" });
});

Deno.test("@salon calls everybody, but not inside another word", async () => {
  const { room, composer } = begin();
  for (const text of ["Attention @salon", "@salonnière", "@room !"]) {
    write(composer, text);
    await composer.send();
  }
  expect(room.said.map((message) => message.mentionsRoom === true), [true, false, true]);
});

Deno.test("What was being written comes back after an edit, and after a reload", async () => {
  const { room, shelf, composer } = begin();
  write(composer, "Un brouillon");
  const item = room.items.get()[0] as EventItem;
  await composer.startEditing(item);
  write(composer, "Corrigé");
  await composer.send();
  expect(room.edited, [`${item.eventID} Corrigé`]);
  expect(composer.draft.get().text, "Un brouillon");
  expect(new ComposerModel(room, shelf).draft.get().text, "Un brouillon");
});

Deno.test("A reply goes with the next message only", async () => {
  const { room, composer } = begin();
  const item = room.items.get()[0] as EventItem;
  composer.reply(item);
  write(composer, "Oui");
  await composer.send();
  write(composer, "Et puis");
  await composer.send();
  expect(room.said, [{ text: "Oui", replyTo: item.eventID }, { text: "Et puis" }]);
});

Deno.test("/me tells what one does", async () => {
  const { room, composer } = begin();
  write(composer, "/me relit la note");
  await composer.send();
  expect(room.said, [{ text: "relit la note", isEmote: true }]);
});

Deno.test("Marks are put around what is selected, and taken away again", () => {
  const { composer } = begin();
  write(composer, "un mot fort");
  const selection = composer.wrap("**", 7, 11);
  expect(composer.draft.get().text, "un mot **fort**");
  expect(composer.wrap("**", ...selection), [7, 11]);
  expect(composer.draft.get().text, "un mot fort");
});

Deno.test("A damaged draft counts as none", () => {
  const { room, shelf } = begin();
  for (const bad of ["{", "null", '{"text":3}', '{"text":"a","mentions":4}']) {
    shelf.texts.set(`chappe.draft ${room.id}`, bad);
    expect(new ComposerModel(room, shelf).draft.get().text, "");
  }
});
