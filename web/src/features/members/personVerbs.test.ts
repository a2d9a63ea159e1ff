import type { Member, Permissions } from "../../matrix/contract.ts";
import { givableRoles, personVerbs } from "./personVerbs.ts";

const basile: Member = {
  id: "@basile:culture.example",
  name: "Basile",
  membership: "join",
  power: 0,
  role: "member",
  isSelf: false,
};
const may = { kick: true, ban: true, setPower: true, power: 50 } as Permissions;

function expect(actual: readonly unknown[], wanted: string): void {
  if (actual.join() !== wanted) throw new Error(`${actual.join()} instead of ${wanted}`);
}

Deno.test("One acts only on those below oneself, and never on oneself", () => {
  expect(personVerbs(basile, may), "kick,ban");
  expect(personVerbs({ ...basile, power: 50 }, may), "");
  expect(personVerbs({ ...basile, isSelf: true }, may), "");
  expect(personVerbs({ ...basile, power: Infinity }, { ...may, power: 100 }), "");
});

Deno.test("What can be undone depends on the membership", () => {
  expect(personVerbs({ ...basile, membership: "invite" }, may), "withdraw");
  expect(personVerbs({ ...basile, membership: "ban" }, may), "unban");
});

Deno.test("No role above one's own can be given, and a creator keeps theirs", () => {
  expect(givableRoles(basile, may), "0,50");
  expect(givableRoles(basile, { ...may, power: Infinity }), "0,50,100");
  expect(givableRoles({ ...basile, power: Infinity, isSelf: true }, may), "");
  expect(givableRoles(basile, { ...may, setPower: false }), "");
});
