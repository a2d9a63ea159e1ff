import type { RoomID } from "../../matrix/contract.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { X25519KeyPair } from "../primitives/x25519.ts";
import { openBackedUpSession, openRoomBackup } from "./backupRestore.ts";
import {
  type BackupUpload,
  makeUpload,
  sessionsPerUpload,
  type SessionToStore,
} from "./backupUpload.ts";
import type { BackupVersion } from "./backupVersion.ts";
import type { RestoreQueue } from "./RestoreQueue.ts";
import type { ExportedSession } from "./sessionData.ts";

/** A backup on the server. What fails is thrown, and tried again by the caller. */
export interface BackupServer {
  /** `replaced`: this version is not the newest any more; nothing was stored. */
  upload(version: string, body: BackupUpload): Promise<"stored" | "replaced">;
  /** Undefined when the backup has none. */
  room(version: string, roomID: RoomID): Promise<unknown>;
  session(version: string, roomID: RoomID, sessionID: string): Promise<unknown>;
}

/** The room keys of this device. */
export interface RoomKeyStore {
  /** Some of those that the backup lacks, at most `limit`. */
  waiting(limit: number): Promise<readonly SessionToStore[]>;
  /** The backup has these, from their first index on. */
  markStored(sessions: readonly ExportedSession[]): Promise<void>;
  /** Adds what reads more than what is there. It comes from a backup: nobody vouches for it. */
  add(sessions: readonly ExportedSession[]): Promise<void>;
}

/** Storing room keys in one version of a backup, and fetching them from it, a step at a time. */
export class BackupWork {
  constructor(
    private readonly version: BackupVersion,
    private readonly server: BackupServer,
    private readonly keys: RoomKeyStore,
  ) {}

  /**
   * Stores one batch. A crash after the upload stores it once more, which changes nothing.
   *
   * - Returns: `idle` when nothing waits.
   */
  async uploadOnce(): Promise<"idle" | "stored" | "replaced"> {
    const batch = await this.keys.waiting(sessionsPerUpload);
    if (batch.length === 0) return "idle";
    const body = await makeUpload(this.version.publicKey, batch);
    const outcome = await this.server.upload(this.version.version, body);
    if (outcome === "stored") {
      await this.keys.markStored(batch.map(({ session }) => session));
    }
    return outcome;
  }

  /**
   * Does the queue's next step, and stores what it brought before it is said to be done.
   *
   * - Parameter pair: The backup's, whose public half is the version's.
   * - Parameter now: In milliseconds.
   * - Returns: False when there was nothing to do.
   */
  async restoreOnce(queue: RestoreQueue, pair: X25519KeyPair, now: number): Promise<boolean> {
    const step = queue.next;
    if (step === undefined) return false;
    const { version } = this.version;
    if (step.fetch === "room") {
      const answer = await this.server.room(version, step.roomID);
      for await (const { sessions } of openRoomBackup(pair, step.roomID, answer)) {
        await this.keys.add(sessions);
      }
      queue.finish(step, answer !== undefined, now);
      return true;
    }
    const { roomID, sessionID } = step;
    const answer = await this.server.session(version, roomID, sessionID);
    const session = answer === undefined
      ? undefined
      : await openBackedUpSession(pair, roomID, sessionID, answer).catch(damaged);
    if (session !== undefined) await this.keys.add([session]);
    queue.finish(step, session !== undefined, now);
    return true;
  }
}

/** An entry that cannot be opened is as good as none. */
function damaged(error: unknown): undefined {
  if (error instanceof CryptoError) return undefined;
  throw error;
}
