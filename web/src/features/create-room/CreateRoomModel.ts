import type { NewRoom, Person } from "../../matrix/contract.ts";
import type { Key } from "../../locales/translate.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";
import { Value } from "../../ui/Value.ts";

export type CreateRoomForm = {
  readonly name: string;
  readonly topic: string;
  readonly access: "public" | "private";
  readonly people: readonly Person[];
  /** Set once the form was sent with something wrong in it. */
  readonly nameError?: Key | undefined;
};

/** Of the name, in characters. */
export const MAX_NAME = 100;
export const MAX_TOPIC = 400;

/** The form for a new room. */
export class CreateRoomModel {
  readonly form = new Value<CreateRoomForm>({
    name: "",
    topic: "",
    access: "private",
    people: [],
  });

  change(changes: Partial<Omit<CreateRoomForm, "nameError">>): void {
    this.form.update((form) => ({ ...form, ...changes, nameError: undefined }));
  }

  invite(person: Person): void {
    const { people } = this.form.get();
    if (!people.some((one) => one.id === person.id)) this.change({ people: [...people, person] });
  }

  uninvite(person: Person): void {
    this.change({ people: this.form.get().people.filter((one) => one.id !== person.id) });
  }

  /** What to ask of the server; undefined when the form says what is wrong. */
  request(): NewRoom | undefined {
    const { name, topic, access, people } = this.form.get();
    const given = name.trim();
    if (given === "") {
      this.form.update((form) => ({ ...form, nameError: "create.nameMissing" }));
      return undefined;
    }
    const about = topic.trim();
    const alias = access === "public" ? aliasFor(given) : "";
    return {
      name: given,
      access,
      ...(about === "" ? {} : { topic: about }),
      ...(alias === "" ? {} : { alias }),
      ...(people.length === 0 ? {} : { invite: people.map((person) => person.id) }),
    };
  }
}

/** Of an alias, in characters; the whole alias has at most 255 bytes with the server's name. */
const MAX_ALIAS = 60;

/** What a public room is called in addresses: « Revue de presse » gives `revue-de-presse`. */
export function aliasFor(name: string): string {
  return folded(name).replace(/[^a-z0-9]+/gu, "-").replace(/^-+|-+$/gu, "").slice(0, MAX_ALIAS)
    .replace(/-+$/u, "");
}
