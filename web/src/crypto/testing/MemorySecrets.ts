import type { Answer, Interactive } from "../../matrix/contract.ts";
import type { BackupServer } from "../backup/BackupWork.ts";
import type { BackupUpload } from "../backup/backupUpload.ts";
import { asObject, type JsonObject, objectIn } from "../../platform/json.ts";
import type { PublishedKeys } from "../crosssigning/publicIdentity.ts";
import type { SignatureUpload, SigningUpload } from "../crosssigning/signingKeys.ts";
import type { SecretsServer } from "../account/setUpAccount.ts";

/** A server's half of secrets and backups, in memory; it may stop answering after some calls. */
export class MemorySecrets implements SecretsServer, BackupServer {
  readonly data = new Map<string, unknown>();
  readonly signatures: SignatureUpload[] = [];
  /** Sessions by room, of each version from 1 on. */
  readonly backups: { description: unknown; rooms: Map<string, Map<string, unknown>> }[] = [];
  published: PublishedKeys = {};
  uploads = 0;
  /** What the person must answer before another identity is taken. */
  password: string | undefined;
  /** Calls that are done before each next one fails, undone. */
  callsLeft = Infinity;

  readonly read = (type: string) => this.data.get(type);

  accountData(type: string): Promise<unknown> {
    return this.#done(() => this.data.get(type));
  }

  setAccountData(type: string, content: unknown): Promise<void> {
    return this.#done(() => void this.data.set(type, copy(content)));
  }

  signingKeys(): Promise<PublishedKeys> {
    return this.#done(() => this.published);
  }

  uploadSigningKeys(upload: SigningUpload, answer?: Answer): Promise<Interactive> {
    return this.#done(() => {
      const given = answer?.stage === "m.login.password" ? answer.password : undefined;
      if (this.published.master !== undefined && given !== this.password) return challenge;
      this.uploads++;
      this.published = {
        master: copy(upload.master_key),
        selfSigning: copy(upload.self_signing_key),
        userSigning: copy(upload.user_signing_key),
      };
      return { done: true };
    });
  }

  uploadSignatures(upload: SignatureUpload): Promise<void> {
    return this.#done(() => void this.signatures.push(copy(upload)));
  }

  backupVersion(): Promise<unknown> {
    return this.#done(() => {
      const newest = this.backups.at(-1);
      const version = String(this.backups.length);
      return newest && { ...asObject(newest.description), version, count: 0, etag: "0" };
    });
  }

  createBackup(description: unknown): Promise<void> {
    return this.#done(() =>
      void this.backups.push({ description: copy(description), rooms: new Map() })
    );
  }

  upload(version: string, body: BackupUpload): Promise<"stored" | "replaced"> {
    return this.#done(() => {
      const backup = this.backups[Number(version) - 1];
      if (backup === undefined || Number(version) !== this.backups.length) return "replaced";
      for (const [roomID, { sessions }] of Object.entries(copy(body).rooms)) {
        const room = backup.rooms.get(roomID) ?? new Map();
        backup.rooms.set(roomID, room);
        for (const [id, data] of Object.entries(sessions)) room.set(id, data);
      }
      return "stored";
    });
  }

  room(version: string, roomID: string): Promise<unknown> {
    return this.#done(() => {
      const room = this.backups[Number(version) - 1]?.rooms.get(roomID);
      return room && { sessions: Object.fromEntries(room) };
    });
  }

  session(version: string, roomID: string, sessionID: string): Promise<unknown> {
    return this.#done(() => this.backups[Number(version) - 1]?.rooms.get(roomID)?.get(sessionID));
  }

  /** A device with the signatures that were uploaded for it. */
  signed(userID: string, deviceID: string, object: JsonObject): JsonObject {
    const more = this.signatures.map((upload) =>
      objectIn(objectIn(upload[userID]?.[deviceID], "signatures"), userID)
    );
    const own = objectIn(objectIn(object, "signatures"), userID);
    return { ...object, signatures: { [userID]: Object.assign({}, own, ...more) } };
  }

  #done<T>(call: () => T): Promise<T> {
    if (this.callsLeft-- <= 0) return Promise.reject(new Error("the device stopped"));
    return Promise.resolve(call());
  }
}

const challenge: Interactive = {
  done: false,
  challenge: {
    session: "s",
    flows: [["m.login.password"]],
    completed: [],
    next: "m.login.password",
    params: {},
  },
};

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
