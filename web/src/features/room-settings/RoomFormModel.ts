import type { Room, RoomDetails } from "../../matrix/contract.ts";
import { Value } from "../../ui/Value.ts";

export type RoomForm = { readonly name: string; readonly topic: string };

/** The name and topic of a room while they are being changed. */
export class RoomFormModel {
  readonly form: Value<RoomForm>;
  #saved: RoomForm;

  constructor(
    private readonly room: Pick<Room, "setName" | "setTopic">,
    details: Pick<RoomDetails, "name" | "topic">,
  ) {
    this.#saved = { name: details.name, topic: details.topic };
    this.form = new Value(this.#saved);
  }

  get isChanged(): boolean {
    const { name, topic } = this.form.get();
    return name.trim() !== this.#saved.name || topic.trim() !== this.#saved.topic;
  }

  change(changes: Partial<RoomForm>): void {
    this.form.update((form) => ({ ...form, ...changes }));
  }

  /** Takes over what somebody else changed meanwhile, where nothing was typed here. */
  renew({ name, topic }: RoomForm): void {
    const form = this.form.get();
    this.form.set({
      name: form.name === this.#saved.name ? name : form.name,
      topic: form.topic === this.#saved.topic ? topic : form.topic,
    });
    this.#saved = { name, topic };
  }

  /** Sends only what differs. */
  async save(): Promise<void> {
    const name = this.form.get().name.trim();
    const topic = this.form.get().topic.trim();
    if (name !== this.#saved.name) await this.room.setName(name);
    if (topic !== this.#saved.topic) await this.room.setTopic(topic);
    this.#saved = { name, topic };
    this.form.set({ name, topic });
  }
}
