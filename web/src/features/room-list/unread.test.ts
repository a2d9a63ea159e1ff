import type { RoomSummary } from "../../matrix/contract.ts";
import { fakeSummaries } from "../../matrix/fake/fakeRooms.ts";
import { unreadOf } from "./unread.ts";

const calm: RoomSummary = {
  ...fakeSummaries(0)[0] as RoomSummary,
  unreadCount: 0,
  highlightCount: 0,
};

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("A mention counts before other messages, even where the room is muted", () => {
  expect(unreadOf({ ...calm, unreadCount: 7, highlightCount: 2 })?.count, 2);
  expect(unreadOf({ ...calm, highlightCount: 1, notifications: "mute" })?.isHighlight, true);
});

Deno.test("A muted room shows no other count, and a room that is read none", () => {
  expect(unreadOf({ ...calm, unreadCount: 7, notifications: "mute" }), undefined);
  expect(unreadOf(calm), undefined);
});

Deno.test("A room marked unread by hand has a dot, and so has an invitation", () => {
  expect(unreadOf({ ...calm, isMarkedUnread: true })?.count, 0);
  expect(unreadOf({ ...calm, membership: "invite" })?.key, "rooms.isInvitation");
});
