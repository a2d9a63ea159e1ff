import type { JsonObject } from "../../platform/json.ts";
import { type KeyText, megolmAlgorithm, type RoomID } from "../names.ts";
import type { OlmBatch } from "../olm/OlmChannels.ts";
import type { Bytes } from "../primitives/bytes.ts";
import type { Device, Told } from "../storage/stores.ts";
import type { ToDevice } from "../todevice/ToDeviceQueue.ts";
import { deviceName } from "./outbound.ts";

/** Devices whose messages are encrypted at once. */
const atOnce = 32;

/** One session's key on its way to many devices. */
export class KeyShare {
  readonly messages: ToDevice[] = [];
  readonly told = new Map<string, Told>();

  constructor(
    private readonly roomID: RoomID,
    private readonly sessionID: KeyText,
    private readonly from: { readonly curve25519: KeyText; readonly deviceID: string },
    /** Devices that were told, since they last could be written to, that they cannot. */
    private readonly saidNoOlm: Set<string>,
    private readonly now: number,
  ) {}

  async give(
    olm: OlmBatch,
    devices: readonly Device[],
    deviceKeys: JsonObject,
    index: number,
    key: JsonObject,
    claimed: ReadonlyMap<KeyText, Bytes>,
  ): Promise<void> {
    for (let start = 0; start < devices.length; start += atOnce) {
      await Promise.all(
        devices.slice(start, start + atOnce).map(async (device) => {
          const message = await olm.encrypt(
            ...[device, deviceKeys, "m.room_key", key, claimed.get(device.ed25519)] as const,
          );
          if (message === undefined) return this.withhold(device, "m.no_olm", index);
          this.messages.push(message);
          this.saidNoOlm.delete(deviceName(device));
          this.#tell(device, "key", index);
        }),
      );
    }
  }

  /** - Spec: [m.room_key.withheld](https://spec.matrix.org/v1.19/client-server-api/#mroom_keywithheld) */
  withhold(device: Device, code: "m.unverified" | "m.no_olm", index: number): void {
    // Without a session nothing at all can be read: that is said once, and of no session.
    const about = code === "m.no_olm" ? {} : { room_id: this.roomID, session_id: this.sessionID };
    if (code !== "m.no_olm" || !this.saidNoOlm.has(deviceName(device))) {
      this.messages.push({
        userID: device.userID,
        deviceID: device.deviceID,
        type: "m.room_key.withheld",
        content: {
          ...about,
          algorithm: megolmAlgorithm,
          sender_key: this.from.curve25519,
          from_device: this.from.deviceID,
          code,
        },
      });
    }
    if (code === "m.no_olm") this.saidNoOlm.add(deviceName(device));
    this.#tell(device, code, index);
  }

  #tell({ userID, deviceID, curve25519 }: Device, what: Told["what"], index: number): void {
    const told = { userID, deviceID, curve25519, what, index, ts: this.now };
    this.told.set(deviceName(told), told);
  }
}

/**
 * The content of an `m.room_key`.
 *
 * - Spec: [m.room_key](https://spec.matrix.org/v1.19/client-server-api/#mroom_key)
 */
export function roomKey(
  roomID: RoomID,
  sessionID: KeyText,
  sessionKey: string,
  isShareable: boolean,
): JsonObject {
  return {
    algorithm: megolmAlgorithm,
    room_id: roomID,
    session_id: sessionID,
    session_key: sessionKey,
    shared_history: isShareable,
  };
}
