import type { RoomID } from "../../matrix/contract.ts";
import { type Bytes, encodeUTF8 } from "../primitives/bytes.ts";
import { type SealedSession, sealForBackup } from "./backupCipher.ts";
import { type ExportedSession, writeSessionData } from "./sessionData.ts";

/** A session to store, and whether it came straight from a device that its owner signed. */
export type SessionToStore = { readonly session: ExportedSession; readonly isVerified: boolean };

/** What the server keeps of one session: it compares the numbers, and cannot read the rest. */
export type KeyBackupData = {
  readonly first_message_index: number;
  readonly forwarded_count: number;
  readonly is_verified: boolean;
  readonly session_data: SealedSession;
};

/** The body of `PUT /room_keys/keys`. */
export type BackupUpload = {
  readonly rooms: {
    readonly [roomID: RoomID]: { readonly sessions: { readonly [id: string]: KeyBackupData } };
  };
};

/** A body of some 250 KB: small enough to be taken anywhere, and to be sent again when it is lost. */
export const sessionsPerUpload = 200;

/**
 * One request's worth of sessions, encrypted. The caller takes as many as `sessionsPerUpload` of
 * those that wait, and marks them as stored in this version when the server has answered.
 *
 * Of a session that is there twice the one that reads more counts.
 */
export async function makeUpload(
  publicKey: Bytes,
  batch: readonly SessionToStore[],
): Promise<BackupUpload> {
  if (batch.length > sessionsPerUpload) throw new RangeError("too many sessions for one upload");
  const rooms = new Map<RoomID, Map<string, SessionToStore>>();
  for (const entry of batch) {
    const { roomID, sessionID } = entry.session;
    const sessions = rooms.get(roomID) ?? new Map<string, SessionToStore>();
    rooms.set(roomID, sessions);
    const other = sessions.get(sessionID);
    if (other === undefined || isBetter(entry, other)) sessions.set(sessionID, entry);
  }
  const sealed = [...rooms].map(async ([roomID, sessions]) => {
    const entries = [...sessions].map(async ([id, entry]) =>
      [id, await sealSession(publicKey, entry)] as const
    );
    return [roomID, { sessions: Object.fromEntries(await Promise.all(entries)) }] as const;
  });
  return { rooms: Object.fromEntries(await Promise.all(sealed)) };
}

/** The order in which the server keeps one of two, so that we never send what it would drop. */
function isBetter(a: SessionToStore, b: SessionToStore): boolean {
  if (a.isVerified !== b.isVerified) return a.isVerified;
  if (a.session.firstIndex !== b.session.firstIndex) {
    return a.session.firstIndex < b.session.firstIndex;
  }
  return a.session.forwardingChain.length < b.session.forwardingChain.length;
}

async function sealSession(
  publicKey: Bytes,
  { session, isVerified }: SessionToStore,
): Promise<KeyBackupData> {
  const plaintext = encodeUTF8(JSON.stringify(writeSessionData(session)));
  return {
    first_message_index: session.firstIndex,
    forwarded_count: session.forwardingChain.length,
    is_verified: isVerified,
    session_data: await sealForBackup(publicKey, plaintext),
  };
}
