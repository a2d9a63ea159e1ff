import { asRoomID } from "../../matrix/api/identifiers.ts";
import { entriesIn, field } from "../../platform/json.ts";
import type { RoomID } from "../../matrix/contract.ts";
import { decodeUTF8 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { X25519KeyPair } from "../primitives/x25519.ts";
import { openFromBackup } from "./backupCipher.ts";
import { type ExportedSession, readSessionData } from "./sessionData.ts";

/** A page of a restore: what could be read, and how many could not. */
export type RestoredPage = {
  readonly sessions: readonly ExportedSession[];
  readonly refused: number;
};

/** Sessions opened before the worker looks after other things, and stored in one transaction. */
export const sessionsPerPage = 100;

/**
 * Opens one session: the answer of `GET /room_keys/keys/{roomId}/{sessionId}`.
 *
 * - Throws: A `CryptoError` when it is not that session, for this key.
 */
export async function openBackedUpSession(
  pair: X25519KeyPair,
  roomID: RoomID,
  sessionID: string,
  answer: unknown,
): Promise<ExportedSession> {
  const plaintext = decodeUTF8(await openFromBackup(pair, field(answer, "session_data")));
  let value: unknown;
  try {
    value = JSON.parse(plaintext);
  } catch {
    throw new CryptoError("BAD_FORMAT", "not JSON");
  }
  return readSessionData(roomID, sessionID, value);
}

/** Opens one room's sessions page by page: the answer of `GET /room_keys/keys/{roomId}`. */
export async function* openRoomBackup(
  pair: X25519KeyPair,
  roomID: RoomID,
  answer: unknown,
): AsyncGenerator<RestoredPage> {
  const all = entriesIn(answer, "sessions");
  for (let start = 0; start < all.length; start += sessionsPerPage) {
    const opened = await Promise.all(
      all.slice(start, start + sessionsPerPage).map(async ([sessionID, data]) => {
        try {
          return await openBackedUpSession(pair, roomID, sessionID, data);
        } catch (error) {
          // One damaged entry must not keep the others from being read.
          if (error instanceof CryptoError) return undefined;
          throw error;
        }
      }),
    );
    const sessions = opened.filter((session) => session !== undefined);
    yield { sessions, refused: opened.length - sessions.length };
  }
}

/** Opens a whole backup, room by room: the answer of `GET /room_keys/keys`. */
export async function* openWholeBackup(
  pair: X25519KeyPair,
  answer: unknown,
): AsyncGenerator<RestoredPage> {
  for (const [id, room] of entriesIn(answer, "rooms")) {
    const roomID = asRoomID(id);
    if (roomID !== undefined) yield* openRoomBackup(pair, roomID, room);
  }
}
