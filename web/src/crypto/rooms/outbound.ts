import { mayReceiveKeys } from "../devices/IdentityKeeper.ts";
import { megolmAlgorithm, olmAlgorithm, type RoomID, type UserID } from "../names.ts";
import type { Device, OutboundRecord, Told } from "../storage/stores.ts";

/** What one must know of a room to write in it. */
export type EncryptedRoom = {
  readonly roomID: RoomID;
  /** Of `m.room.encryption`; whatever anybody wrote there. */
  readonly rotationPeriodMS?: number;
  readonly rotationPeriodMessages?: number;
  /** Its history is `shared` or `world_readable`: newcomers may read what is written now. */
  readonly isHistoryShared: boolean;
  /** Who may read what is written now: see `readersOf`. */
  readonly readers: readonly UserID[];
};

export type Visibility = "world_readable" | "shared" | "invited" | "joined";

/**
 * Who is given the keys: who is in the room, and who is invited unless history begins with joining.
 *
 * - Spec: [Room history visibility](https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility)
 */
export function readersOf(
  members: Iterable<{ readonly userID: UserID; readonly membership: string }>,
  visibility: Visibility,
): UserID[] {
  return [...members].filter(({ membership }) => {
    return membership === "join" || (membership === "invite" && visibility !== "joined");
  }).map(({ userID }) => userID);
}

/** A week and a hundred messages, where the room does not say. */
const [periodMS, periodMessages] = [7 * 24 * 60 * 60_000, 100];
/** A room cannot ask for a new session more often than hourly, nor for never. */
const [leastMS, mostMS, mostMessages] = [60 * 60_000, 365 * 24 * 60 * 60_000, 10_000];

/** How long a device that gave no one-time key is left alone. */
const noOlmMS = 60_000;

/** What a room key goes to, and what is told to the others. */
export type Recipients = {
  readonly allowed: ReadonlyMap<string, Device>;
  readonly refused: ReadonlyMap<string, Device>;
};

/** Which of these devices are given keys. Our own device needs none. */
export function recipientsAmong(
  devices: Iterable<Device>,
  own: { readonly userID: UserID; readonly deviceID: string },
  takesUnsigned: boolean,
): Recipients {
  const allowed = new Map<string, Device>();
  const refused = new Map<string, Device>();
  for (const device of devices) {
    if (device.userID === own.userID && device.deviceID === own.deviceID) continue;
    const canRead = [olmAlgorithm, megolmAlgorithm].every((name) => {
      return device.algorithms.includes(name);
    });
    if (!canRead) continue;
    const side = mayReceiveKeys(device.trust, takesUnsigned) ? allowed : refused;
    side.set(deviceName(device), device);
  }
  return { allowed, refused };
}

/**
 * Whether the next message must begin another session.
 *
 * - Spec: [m.megolm.v1.aes-sha2](https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2)
 */
export function mustRotate(
  record: OutboundRecord,
  room: EncryptedRoom,
  { allowed }: Recipients,
  now: number,
): boolean {
  if (record.isOver || record.isShareable !== room.isHistoryShared) return true;
  const messages = within(1, room.rotationPeriodMessages ?? periodMessages, mostMessages);
  const time = within(leastMS, room.rotationPeriodMS ?? periodMS, mostMS);
  if (record.index >= messages || now - record.createdTS >= time) return true;
  return [...record.told].some(([name, told]) => {
    const hasKey = told.what === "key" || told.what === "owed";
    return hasKey && allowed.get(name)?.curve25519 !== told.curve25519;
  });
}

/** Those that have yet to be given the key. */
export function stillToTell(
  told: ReadonlyMap<string, Told>,
  { allowed }: Recipients,
  now: number,
): Device[] {
  return [...allowed].filter(([name]) => {
    const before = told.get(name);
    if (before === undefined || before.what === "owed" || before.what === "m.unverified") {
      return true;
    }
    return before.what === "m.no_olm" && now - before.ts >= noOlmMS;
  }).map(([, device]) => device);
}

/**
 * From where on each of these devices may read: from where its owner has been a reader of the
 * session, whichever devices they had then. Those of new readers are left out: they read from the
 * next message on.
 */
export function pastIndices(
  since: ReadonlyMap<UserID, number>,
  devices: readonly Device[],
): ReadonlyMap<Device, number> {
  return new Map(devices.flatMap((device) => {
    const index = since.get(device.userID);
    return index === undefined ? [] : [[device, index]];
  }));
}

/** Names a device wherever what was told to it is kept. */
export function deviceName(device: { readonly userID: UserID; readonly deviceID: string }): string {
  return `${device.userID} ${device.deviceID}`;
}

/**
 * What is to be stored of an outbound session: the advanced one, with what happened to its record
 * while it was advanced.
 */
export function mergedOutbound(
  mine: Omit<OutboundRecord, "debts">,
  stored: OutboundRecord | undefined,
  news: ReadonlyMap<string, Told>,
): OutboundRecord {
  const isSame = stored?.id === mine.id;
  const told = new Map([...isSame ? stored.told : mine.told, ...news]);
  const debts = [...told.values()].some((one) => one.what !== "key") ? 1 : 0;
  return { ...mine, isOver: isSame ? stored.isOver : mine.isOver, told, debts };
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
