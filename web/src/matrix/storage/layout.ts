import type { Database, Layout, Transaction } from "../../platform/Database.ts";
import type {
  AccountDataRecord,
  ChoiceRecord,
  EventRecord,
  FarewellRecord,
  MemberRecord,
  MetaRecord,
  QueueRecord,
  ReceiptRecord,
  RoomRecord,
  SessionRecord,
  StateRecord,
} from "./records.ts";

/** The stores of one account's database. Each has one writer, named here. */
export type AccountStores = {
  /** Each value by who owns it; `epoch` by `AccountDatabase`, `syncToken` by `applySync`. */
  meta: MetaRecord;
  /** `applySync`. */
  accountData: AccountDataRecord;
  /** `applySync`, and `History` for the chunks. */
  rooms: RoomRecord;
  /** `applySync`, and `Members` for whole lists. */
  members: MemberRecord;
  /** `applySync`. */
  state: StateRecord;
  /** `applySync` appends, `History` puts before. */
  events: EventRecord;
  /** `applySync`. */
  receipts: ReceiptRecord;
  /** `SendQueue`; `applySync` removes what has come back. */
  queue: QueueRecord;
};

export const accountLayout: Layout<AccountStores> = {
  meta: { key: "name" },
  accountData: { key: "type" },
  rooms: { key: "id" },
  members: { key: ["roomID", "userID"], indexes: { bySkeleton: ["roomID", "skeleton"] } },
  state: { key: ["roomID", "type", "stateKey"] },
  events: {
    key: ["roomID", "chunk", "index"],
    indexes: { byID: ["roomID", "id"], byTarget: ["roomID", "relatesTo"] },
  },
  receipts: { key: ["roomID", "userID"] },
  queue: { key: "order" },
};

/** Raise it with each change of `accountLayout`, or of what its records mean. */
export const accountVersion = 1;

export type AccountTransaction = Transaction<AccountStores>;
export type AccountDatabaseHandle = Database<AccountStores>;

/** The stores of the database that says who is signed in. */
export type SessionStores = { session: SessionRecord | FarewellRecord | ChoiceRecord };

export const sessionLayout: Layout<SessionStores> = { session: { key: "name" } };
export const sessionVersion = 1;
