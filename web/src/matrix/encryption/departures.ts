import { stringIn } from "../../platform/json.ts";
import type { RoomID } from "../contract.ts";
import type { JoinedPart } from "../sync/SyncAnswer.ts";
import type { Event } from "../timeline/parseEvent.ts";

/**
 * Rooms where somebody has left since the last sync, or may have come and left: whoever has the
 * room's keys may be somebody who is not to read on.
 *
 * - Spec: [m.megolm.v1.aes-sha2](https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2)
 */
export function departuresIn(parts: readonly JoinedPart[]): RoomID[] {
  return parts.filter((part) => {
    // What came before a timeline that lacks events hides who was here for a moment.
    const isGone = (event: Event) => {
      if (event.type !== "m.room.member" || event.stateKey === undefined) return false;
      const membership = stringIn(event.content, "membership");
      return part.isLimited
        ? membership !== "join"
        : membership !== "join" && membership !== "invite" && membership !== "knock";
    };
    return part.timeline.some(isGone) || part.state.some(isGone);
  }).map((part) => part.roomID);
}
