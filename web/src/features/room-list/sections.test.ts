import type { RoomSections } from "../../matrix/contract.ts";
import { inOrder, neighbour, shownSections } from "./sections.ts";

const sections: RoomSections = {
  invites: [],
  favourites: ["!presse"],
  direct: ["!basile", "!chloe"],
  rooms: ["!agents"],
  lowPriority: [],
  knocks: [],
  spaces: [],
};

const names: Record<string, string> = {
  "!presse": "Revue de presse",
  "!basile": "Basile Martin",
  "!chloe": "Chloé Bernard",
  "!agents": "Communauté des agents",
};

const nameOf = (id: string) => names[id] ?? "";

function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

Deno.test("Sections that are empty are left out, but for those where one begins", () => {
  const shown = shownSections({ ...sections, favourites: [], rooms: [] }, "", nameOf);
  expect(shown.map((section) => section.name), ["direct", "rooms"]);
});

Deno.test("Filtering looks at each word, without accents", () => {
  expect(inOrder(shownSections(sections, "chloe ber", nameOf)), ["!chloe"]);
  expect(inOrder(shownSections(sections, "de", nameOf)), ["!presse", "!agents"]);
  expect(shownSections(sections, "rien de tel", nameOf), []);
});

Deno.test("The neighbour of the last room is the first", () => {
  const rooms = inOrder(shownSections(sections, "", nameOf));
  expect(neighbour(rooms, "!agents", 1), "!presse");
  expect(neighbour(rooms, "!presse", -1), "!agents");
  expect(neighbour(rooms, undefined, 1), "!presse");
  expect(neighbour(rooms, undefined, -1), "!agents");
  expect(neighbour(rooms, "!presse", 1, (id) => id === "!chloe"), "!chloe");
  expect(neighbour(rooms, "!presse", 1, () => false), undefined);
  expect(neighbour([], undefined, 1), undefined);
});
