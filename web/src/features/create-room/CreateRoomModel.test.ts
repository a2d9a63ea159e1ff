import { aliasFor, CreateRoomModel } from "./CreateRoomModel.ts";

function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

const basile = { id: "@basile:culture.example", name: "Basile" };

Deno.test("A room without a name is not asked for, and the form says so until it is changed", () => {
  const model = new CreateRoomModel();
  model.change({ name: "   " });
  expect(model.request(), undefined);
  expect(model.form.get().nameError, "create.nameMissing");
  model.change({ name: "Presse" });
  expect(model.form.get().nameError, undefined);
});

Deno.test("A private room has no address, and nobody is invited twice", () => {
  const model = new CreateRoomModel();
  model.change({ name: " Revue de presse " });
  model.invite(basile);
  model.invite({ ...basile });
  expect(model.request(), { name: "Revue de presse", access: "private", invite: [basile.id] });
  model.uninvite(basile);
  expect(model.request(), { name: "Revue de presse", access: "private" });
});

Deno.test("A public room has an address made of its name", () => {
  const model = new CreateRoomModel();
  model.change({ name: "Œuvres & métiers d’art", access: "public", topic: "x" });
  expect(model.request(), {
    name: "Œuvres & métiers d’art",
    access: "public",
    topic: "x",
    alias: "oeuvres-metiers-d-art",
  });
  expect(aliasFor("🎉"), "");
  expect(aliasFor("a".repeat(500)).length, 60);
});
