import type { Clock } from "../../platform/Clock.ts";
import type { DeviceLists } from "../devices/DeviceLists.ts";
import type { OwnDeviceKeys } from "../devices/OwnDeviceKeys.ts";
import type { KeyText, UserID } from "../names.ts";
import type { CryptoDatabase, CryptoTransaction, RepairRecord } from "../storage/stores.ts";
import type { ToDeviceQueue } from "../todevice/ToDeviceQueue.ts";
import type { OlmChannels } from "./OlmChannels.ts";

/** A device gets a new session at most this often. */
const intervalMS = 60 * 60_000;

/**
 * Opens a new session with a device whose messages could not be read, and tells it with an
 * `m.dummy`. It will then send again what it knows to be lost.
 *
 * - Spec: [Recovering from undecryptable messages](https://spec.matrix.org/v1.19/client-server-api/#recovering-from-undecryptable-messages)
 */
export class Repairs {
  constructor(
    private readonly database: CryptoDatabase,
    private readonly channels: OlmChannels,
    private readonly lists: DeviceLists,
    private readonly own: OwnDeviceKeys,
    private readonly queue: ToDeviceQueue,
    private readonly clock: Clock,
  ) {}

  /** A message of this device could not be read. In the transaction that forgets the message. */
  async note(tx: CryptoTransaction, userID: UserID, theirIdentityKey: KeyText): Promise<void> {
    const known = await tx.get("repairs", theirIdentityKey);
    if (known?.state === "waiting") return;
    if (known !== undefined && this.clock.now() - known.openedTS < intervalMS) return;
    tx.put("repairs", { theirIdentityKey, userID, state: "waiting", openedTS: 0 });
  }

  /** Opens all sessions that wait for it. Rejects when our server does not answer. */
  async run(): Promise<void> {
    const waiting = await this.database.read(["repairs"], (tx) => {
      return tx.getAll("repairs", { lower: ["waiting"], upper: ["waiting", []] }, {
        index: "byState",
        limit: 100,
      });
    });
    if (waiting.length === 0) return;
    const lists = await this.lists.devicesOf([...new Set(waiting.map((repair) => repair.userID))]);
    const deviceKeys = await this.own.current();
    for (const repair of waiting) {
      const device = lists.get(repair.userID)?.find((device) => {
        return device.curve25519 === repair.theirIdentityKey;
      });
      const done: RepairRecord = { ...repair, state: "done", openedTS: this.clock.now() };
      const [key] = device === undefined ? [] : (await this.channels.claim([device])).values();
      await this.channels.batch([repair.theirIdentityKey], async (batch) => {
        // Nothing to open it with: the next message that cannot be read asks again.
        const dummy = device === undefined || key === undefined
          ? undefined
          : await batch.encrypt(device, deviceKeys, "m.dummy", {}, key, true);
        const stores = ["repairs", "olmSessions", "oneTimeKeys", "toDeviceQueue"] as const;
        await this.database.write(stores, async (tx) => {
          // Who is in no list is not remembered: anybody can make up any number of keys.
          if (device === undefined) tx.delete("repairs", repair.theirIdentityKey);
          else tx.put("repairs", done);
          batch.write(tx);
          if (dummy !== undefined) await this.queue.add(tx, [dummy]);
        });
      });
    }
  }
}
