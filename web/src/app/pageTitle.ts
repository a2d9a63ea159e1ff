import type { RoomTotals } from "../matrix/contract.ts";

/** The title of the page: how much is unread, what is shown, and the client's name. */
export function pageTitle(shown: string | undefined, totals: RoomTotals): string {
  const count = totals.unreadRooms + totals.invites;
  const unread = count === 0 ? "" : `(${count}) `;
  return unread + (shown === undefined ? "Chappe" : `${shown} – Chappe`);
}
