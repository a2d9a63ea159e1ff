import type { Membership, RoomSummary } from "../matrix/contract.ts";
import { fakeSummaries } from "../matrix/fake/fakeRooms.ts";
import { doorOf } from "./door.ts";

function seen(membership: Membership) {
  return doorOf({ ...fakeSummaries(0)[0] as RoomSummary, membership });
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("One may try to enter a room one left or does not know, not one that shut one out", () => {
  expect(doorOf(undefined).canJoin, true);
  expect(seen("leave").canJoin, true);
  expect(seen("ban").canJoin, false);
});

Deno.test("A request can be taken back", () => {
  expect(seen("knock").canForget, true);
  expect(seen("knock").leave, "door.withdraw");
});
