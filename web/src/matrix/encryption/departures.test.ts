import { assertEquals } from "../../platform/assert.ts";
import { parseSync } from "../sync/SyncAnswer.ts";
import { departuresIn } from "./departures.ts";

let count = 0;

function member(membership: unknown) {
  return {
    ...{ type: "m.room.member", state_key: "@a:test", sender: "@a:test", content: { membership } },
    ...{ event_id: `$${++count}`, origin_server_ts: 0 },
  };
}

/** The rooms of a sync in which each room has one such event, and where. */
function departures(
  memberships: readonly unknown[],
  place: "state" | "timeline",
  limited: boolean,
) {
  const rooms = memberships.map((membership, index) => {
    const events = { events: [member(membership)] };
    const timeline = { limited, ...(place === "timeline" ? events : {}) };
    return [`!${index}:test`, place === "state" ? { state: events, timeline } : { timeline }];
  });
  const sync = parseSync({ next_batch: "s", rooms: { join: Object.fromEntries(rooms) } });
  return departuresIn(sync?.joined ?? []).map((roomID) => memberships[Number(roomID[1])]);
}

Deno.test("Who leaves is noticed, wherever it is said; behind a gap, who may have left too", () => {
  const all = ["join", "invite", "knock", "leave", "ban", 5];
  for (const place of ["state", "timeline"] as const) {
    assertEquals(departures(all, place, false), ["leave", "ban", 5]);
    assertEquals(departures(all, place, true), ["invite", "knock", "leave", "ban", 5]);
  }
});
