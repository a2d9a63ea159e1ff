import { cryptoLayout, type CryptoStores } from "../../crypto/storage/stores.ts";
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
  SecretRecord,
  SessionRecord,
  StateRecord,
} from "./records.ts";

/** The stores of one account's database. Each has one writer, named here. */
export type AccountStores = CryptoStores & {
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
  /** `SecretVault`. */
  secrets: SecretRecord;
};

export const accountLayout: Layout<AccountStores> = {
  ...cryptoLayout,
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
  secrets: { key: "name", isIrreplaceable: true },
};

/** Raise it with each change of `accountLayout`, or of what its records mean. */
export const accountVersion = 2;

export type AccountTransaction = Transaction<AccountStores>;
export type AccountDatabaseHandle = Database<AccountStores>;

/** The stores of the database that says who is signed in. */
export type SessionStores = { session: SessionRecord | FarewellRecord | ChoiceRecord };

export const sessionLayout: Layout<SessionStores> = { session: { key: "name" } };
export const sessionVersion = 1;
