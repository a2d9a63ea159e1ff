import type { Clock } from "../../platform/Clock.ts";
import type { JsonObject } from "../../platform/json.ts";
import { KeyedQueue } from "../KeyedQueue.ts";
import type { KeyServer } from "../KeyServer.ts";
import type { DeviceID, UserID } from "../names.ts";
import type { CryptoDatabase, CryptoTransaction, ToDeviceMessages } from "../storage/stores.ts";

/** Devices in one request; with a room key each, some 250 KB. */
const batchDevices = 100;

/** One message to one device, `*` for all of that user. */
export type ToDevice = {
  readonly userID: UserID;
  readonly deviceID: DeviceID;
  readonly type: string;
  readonly content: JsonObject;
};

/**
 * To-device messages that are to leave, in order. They are stored with the ratchets that encrypted
 * them, and sent until the server has them, each batch under one transaction ID.
 */
export class ToDeviceQueue {
  #sending = new KeyedQueue();
  /** The order that was given last. */
  #last: number | undefined;

  constructor(
    private readonly database: CryptoDatabase,
    private readonly server: KeyServer,
    private readonly clock: Clock,
  ) {}

  /** In somebody's transaction on `toDeviceQueue`. */
  async add(tx: CryptoTransaction, messages: readonly ToDevice[]): Promise<void> {
    if (messages.length === 0) return;
    const stored = this.#last ?? (await tx.getAll("toDeviceQueue")).at(-1)?.order ?? 0;
    let last = Math.max(this.#last ?? 0, stored);
    batches(messages).forEach(({ type, batch }) => {
      const order = ++last;
      const chance = Math.floor(this.clock.random() * 2 ** 32).toString(36);
      const txnID = `k${this.clock.now().toString(36)}.${order}.${chance}`;
      tx.put("toDeviceQueue", { order, txnID, type, messages: batch });
    });
    this.#last = last;
  }

  /** Sends all that waits. Rejects when the server does not answer; then all of it waits on. */
  flush(): Promise<void> {
    // One after the other: what a device gets first was encrypted first.
    return this.#sending.run(["all"], () => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const [next] = await this.database.read(
        ["toDeviceQueue"],
        (tx) => tx.getAll("toDeviceQueue", undefined, { limit: 1 }),
      );
      if (next === undefined) return;
      // What is refused for good would hold up all that comes after it.
      await this.server.sendToDevice(next.type, next.txnID, next.messages);
      await this.database.write(["toDeviceQueue"], (tx) => {
        tx.delete("toDeviceQueue", next.order);
        return Promise.resolve();
      });
    }
  }
}

/** One device once in each batch, since a batch has but one place for it. */
function batches(messages: readonly ToDevice[]): { type: string; batch: ToDeviceMessages }[] {
  const open: { type: string; size: number; users: Map<UserID, Map<DeviceID, JsonObject>> }[] = [];
  for (const { userID, deviceID, type, content } of messages) {
    let batch = open.findLast((one) => one.type === type);
    if (
      batch === undefined || batch.size === batchDevices || batch.users.get(userID)?.has(deviceID)
    ) {
      batch = { type, size: 0, users: new Map() };
      open.push(batch);
    }
    const devices = batch.users.get(userID) ?? new Map<DeviceID, JsonObject>();
    batch.users.set(userID, devices.set(deviceID, content));
    batch.size++;
  }
  return open.map(({ type, users }) => ({
    type,
    batch: Object.fromEntries(
      [...users].map(([userID, devices]) => [userID, Object.fromEntries(devices)]),
    ),
  }));
}
