import { RoomFormModel } from "./RoomFormModel.ts";

function begin() {
  const sent: string[] = [];
  const room = {
    setName: (name: string) => Promise.resolve(void sent.push(`name ${name}`)),
    setTopic: (topic: string) => Promise.resolve(void sent.push(`topic ${topic}`)),
  };
  return { sent, form: new RoomFormModel(room, { name: "Presse", topic: "" }) };
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Only what differs is sent", async () => {
  const { sent, form } = begin();
  form.change({ name: "Presse ", topic: "Avant 9 h" });
  await form.save();
  expect(sent.join(), "topic Avant 9 h");
  expect(form.isChanged, false);
});

Deno.test("What somebody else changes comes in, but never over what is being typed", () => {
  const { form } = begin();
  form.change({ topic: "Le mien" });
  form.renew({ name: "Revue", topic: "Le leur" });
  expect(form.form.get().name, "Revue");
  expect(form.form.get().topic, "Le mien");
  expect(form.isChanged, true);
});
