import type {
  BackupState,
  Comparison,
  Connection,
  GeneralNotifications,
  Member,
  MemberList,
  Permissions,
  Preferences,
  Profile,
  RoomDetails,
  RoomID,
  RoomSections,
  RoomSummary,
  RoomTotals,
  SecurityState,
  ServerLimits,
  SessionState,
  Store,
  TimelineItem,
  TimelineState,
  UserID,
} from "../contract.ts";
import type { RoomList } from "../rooms/RoomList.ts";
import { isEqual } from "../../platform/equal.ts";
import { applyList, diffList, type ListPatch } from "./listPatch.ts";

/** Something that the engine keeps telling a tab: all of it once, then what changes. */
export interface Feed {
  snapshot(): unknown;
  subscribe(listener: (patch: unknown) => void): () => void;
}

/** What each feed of a plain value carries. */
export type Values = {
  session: SessionState;
  connection: Connection;
  server: string;
  sections: RoomSections;
  totals: RoomTotals;
  profile: Profile;
  preferences: Preferences;
  ignoredUsers: readonly UserID[];
  notifications: GeneralNotifications;
  limits: ServerLimits;
  encryption: boolean | undefined;
  security: SecurityState;
  backup: BackupState;
  comparisons: readonly Comparison[];
  confirmedDevices: readonly string[];
  writesToUnconfirmed: boolean;
};

/** The names of feeds. Those of a room or a window have its ID behind. */
export type FeedName =
  | keyof Values
  | "summaries"
  | `details ${RoomID}`
  | `permissions ${RoomID}`
  | `members ${RoomID}`
  | `trust ${UserID}`
  | `changed ${RoomID}`
  | `timeline ${string}`;

export function valueFeed<T>(store: Store<T>): Feed {
  return {
    snapshot: () => store.get(),
    subscribe: (listener) => store.subscribe(() => listener(store.get())),
  };
}

/** A value that is computed anew when `changes` says so. */
export function computedFeed(
  compute: () => RoomDetails | Permissions | undefined,
  changes: (listener: () => void) => () => void,
): Feed {
  let last = compute();
  return {
    snapshot: () => last = compute(),
    subscribe: (listener) =>
      changes(() => {
        const next = compute();
        if (isEqual(next, last)) return;
        last = next;
        listener(next);
      }),
  };
}

export type SummariesPatch = {
  readonly set: readonly RoomSummary[];
  readonly removed: readonly RoomID[];
};

export function summariesFeed(rooms: RoomList): Feed {
  const all = (): SummariesPatch => ({ set: [...rooms.summaries.values()], removed: [] });
  return {
    snapshot: all,
    subscribe: (listener) =>
      rooms.subscribe((changed) => {
        const set = changed.flatMap((id) => rooms.summaries.get(id) ?? []);
        const removed = changed.filter((id) => !rooms.summaries.has(id));
        listener({ set, removed });
      }),
  };
}

export type TimelinePatch = Omit<TimelineState, "items"> & {
  readonly items: ListPatch<TimelineItem>;
};

export function timelineFeed(state: Store<TimelineState>): Feed {
  return listFeed(state, ({ items, ...rest }, old) => ({
    ...rest,
    items: diffList(old.items, items, itemKey),
  }));
}

export function patchedTimeline(old: TimelineState, patch: TimelinePatch): TimelineState {
  return { ...patch, items: applyList(old.items, patch.items, itemKey) };
}

export type MembersPatch = Omit<MemberList, "members"> & { readonly members: ListPatch<Member> };

export function membersFeed(state: Store<MemberList>): Feed {
  return listFeed(state, ({ members, ...rest }, old) => ({
    ...rest,
    members: diffList(old.members, members, memberKey),
  }));
}

export function patchedMembers(old: MemberList, patch: MembersPatch): MemberList {
  return { ...patch, members: applyList(old.members, patch.members, memberKey) };
}

function listFeed<T>(state: Store<T>, diff: (next: T, old: T) => unknown): Feed {
  return {
    snapshot: () => state.get(),
    subscribe: (listener) => {
      let old = state.get();
      return state.subscribe(() => {
        const next = state.get();
        listener(diff(next, old));
        old = next;
      });
    },
  };
}

function itemKey(item: TimelineItem): string {
  return item.key;
}

function memberKey(member: Member): string {
  return member.id;
}
