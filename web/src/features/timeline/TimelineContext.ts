import { createContext, useContext } from "react";
import type { EventID, EventItem, Room, UserID } from "../../matrix/contract.ts";

/** What can be done from inside the timeline. */
export type TimelineVerbs = {
  readonly room: Room;
  readonly reply: (item: EventItem) => void;
  readonly edit: (item: EventItem) => void;
  readonly openPerson: (userID: UserID) => void;
  readonly openMedia: (item: EventItem) => void;
  readonly copyLink: (item: EventItem) => void;
  readonly jump: (eventID: EventID) => void;
  readonly remove: (item: EventItem) => void;
  readonly report: (item: EventItem) => void;
  readonly toggle: (groupKey: string) => void;
  readonly fillGap: (key: string) => void;
  readonly retry: (edge: "earlier" | "later") => void;
};

export const TimelineContext = createContext<TimelineVerbs | undefined>(undefined);

export function useTimeline(): TimelineVerbs {
  const verbs = useContext(TimelineContext);
  if (verbs === undefined) throw new Error("drawn outside of TimelineView");
  return verbs;
}
