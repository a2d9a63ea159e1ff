import {
  backupProof,
  type BackupVersion,
  readBackupVersion,
} from "../../crypto/backup/backupVersion.ts";
import { type BackupServer, BackupWork } from "../../crypto/backup/BackupWork.ts";
import { RestoreQueue, type RestoreStep } from "../../crypto/backup/RestoreQueue.ts";
import type { CryptoMachine } from "../../crypto/CryptoMachine.ts";
import type { PublicIdentity } from "../../crypto/crosssigning/publicIdentity.ts";
import { equalInConstantTime } from "../../crypto/primitives/bytes.ts";
import { CryptoError } from "../../crypto/primitives/CryptoError.ts";
import { importX25519, type X25519KeyPair } from "../../crypto/primitives/x25519.ts";
import { exported } from "../../crypto/rooms/exportedKeys.ts";
import type { SessionName } from "../../crypto/rooms/RoomKeys.ts";
import { secretNames } from "../../crypto/secrets/storedSecret.ts";
import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { isEqual } from "../../platform/equal.ts";
import { optional } from "../api/json.ts";
import type { BackupState, RoomID } from "../contract.ts";
import { Loop } from "./Loop.ts";
import type { SecretVault } from "./SecretVault.ts";

export type BackupParts = {
  readonly machine: CryptoMachine;
  readonly server: BackupServer & { backupVersion(): Promise<unknown> };
  readonly clock: Clock;
  readonly vault: SecretVault;
  /** Our own identity, once it is confirmed on this device. */
  readonly identity: () => Promise<PublicIdentity | undefined>;
  /** These can be read now. */
  readonly onReadable: (sessions: readonly SessionName[]) => void;
  /** The backup has no such sessions. */
  readonly onMissing: (sessions: readonly SessionName[]) => void;
};

/** Keeps the account's backup up to date, and fetches from it what this device lacks. */
export class Backup {
  readonly state = new Cell<BackupState>({ waiting: 0 });
  /** Sessions that were looked for in vain, for those who want to know why they cannot read. */
  readonly #missed = new Set<string>();
  #queue = new RestoreQueue();
  #version: BackupVersion | undefined;
  readonly #loop: Loop;

  constructor(private readonly parts: BackupParts) {
    this.#loop = new Loop(parts.clock, () => this.#round());
  }

  nudge(): void {
    this.#loop.nudge();
  }

  retryNow(): void {
    this.#loop.retryNow();
  }

  stop(): void {
    this.#loop.stop();
  }

  /** Another backup may have taken the place of the one that is known. */
  reopen(): void {
    this.#version = undefined;
    this.nudge();
  }

  /** Fetches all there is of these rooms, in this order. */
  restore(rooms: readonly RoomID[]): void {
    this.#queue.addRooms(rooms);
    this.nudge();
  }

  /** Somebody would read messages of these sessions now. */
  seek(sessions: readonly SessionName[]): void {
    const now = this.parts.clock.now();
    for (const { roomID, sessionID } of sessions) {
      this.#queue.addRooms([roomID]);
      this.#queue.lookAt(roomID);
      this.#queue.want(roomID, sessionID, now);
    }
    this.nudge();
  }

  isMissed(roomID: RoomID, sessionID: string): boolean {
    return this.#missed.has(nameOf({ roomID, sessionID }));
  }

  async #round(): Promise<void> {
    await this.#count();
    const work = await this.#open();
    if (work === undefined) return;
    for (;;) {
      const outcome = await work.uploadOnce();
      if (outcome === "idle") break;
      if (outcome === "replaced") return this.reopen();
      await this.#count();
    }
    const pair = await this.#pair();
    if (pair === undefined) return;
    for (let step = this.#queue.next; step !== undefined; step = this.#queue.next) {
      await work.restoreOnce(this.#queue, pair, this.parts.clock.now());
      if (step.fetch === "session") await this.#noteMissed(step);
      await this.#count();
    }
  }

  async #open(): Promise<BackupWork | undefined> {
    const { machine, server, onReadable } = this.parts;
    this.#version ??= await this.#trusted();
    if (this.#version === undefined) return undefined;
    return new BackupWork(this.#version, server, {
      waiting: async (limit) => {
        const sessions = await machine.keys.waitingForBackup(limit);
        return sessions.map((known) => {
          const { source } = known.record;
          return {
            session: exported(known),
            isVerified: source === "own" || source === "room_key",
          };
        });
      },
      markStored: (sessions) => machine.keys.markBackedUp(sessions),
      add: async (sessions) => onReadable(await machine.importKeys(sessions, "backup")),
    });
  }

  /** The newest, if there is reason to believe that it is ours. */
  async #trusted(): Promise<BackupVersion | undefined> {
    const answer = await this.parts.server.backupVersion();
    if (answer === undefined) return undefined;
    try {
      const version = readBackupVersion(answer);
      const seed = this.parts.vault.secrets[secretNames.backup];
      const ours = seed && (await importX25519(seed)).publicKey;
      const proof = await backupProof(version, ours, await this.parts.identity(), []);
      return proof === undefined ? undefined : version;
    } catch (error) {
      if (error instanceof CryptoError) return undefined;
      throw error;
    }
  }

  async #pair(): Promise<X25519KeyPair | undefined> {
    const seed = this.parts.vault.secrets[secretNames.backup];
    if (seed === undefined || this.#version === undefined) return undefined;
    const pair = await importX25519(seed);
    return equalInConstantTime(pair.publicKey, this.#version.publicKey) ? pair : undefined;
  }

  async #noteMissed(step: RestoreStep & { fetch: "session" }): Promise<void> {
    const { roomID, sessionID } = step;
    if (await this.parts.machine.keys.find(roomID, sessionID) !== undefined) return;
    this.#missed.add(nameOf(step));
    this.parts.onMissing([{ roomID, sessionID }]);
  }

  async #count(): Promise<void> {
    const { roomsDone, roomsKnown } = this.#queue.progress;
    const restoring = roomsDone < roomsKnown && this.#version !== undefined
      ? { done: roomsDone, total: roomsKnown }
      : undefined;
    const waiting = await this.parts.machine.keys.countWaitingForBackup();
    const next: BackupState = { waiting, ...optional("restoring", restoring) };
    if (!isEqual(next, this.state.get())) this.state.set(next);
    // All is done: what is looked at later is looked for anew.
    if (restoring === undefined && this.#queue.next === undefined && roomsKnown > 0) {
      this.#queue = new RestoreQueue();
    }
  }
}

function nameOf({ roomID, sessionID }: SessionName): string {
  return `${roomID} ${sessionID}`;
}
