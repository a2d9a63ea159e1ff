import type { SecretsServer } from "../../crypto/account/setUpAccount.ts";
import type { BackupUpload } from "../../crypto/backup/backupUpload.ts";
import type { BackupServer } from "../../crypto/backup/BackupWork.ts";
import type { PublishedKeys } from "../../crypto/crosssigning/publicIdentity.ts";
import type { SignatureUpload, SigningUpload } from "../../crypto/crosssigning/signingKeys.ts";
import { entriesIn, field, objectIn } from "../../platform/json.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { interactively } from "../api/interactive.ts";
import { type Answer, Failure, type Interactive, type RoomID, type UserID } from "../contract.ts";

/** The endpoints of a homeserver for one account's secrets, signatures and backup. */
export class HomeserverSecrets implements SecretsServer, BackupServer {
  constructor(private readonly server: Homeserver, private readonly userID: UserID) {}

  accountData(type: string): Promise<unknown> {
    return this.#found(this.server.get(path`/v3/user/${this.userID}/account_data/${type}`));
  }

  async setAccountData(type: string, content: unknown): Promise<void> {
    await this.server.put(path`/v3/user/${this.userID}/account_data/${type}`, content);
  }

  async signingKeys(): Promise<PublishedKeys> {
    const answer = await this.server.post("/v3/keys/query", { device_keys: { [this.userID]: [] } });
    const mine = (kind: string) => field(objectIn(answer, kind), this.userID);
    return {
      master: mine("master_keys"),
      selfSigning: mine("self_signing_keys"),
      userSigning: mine("user_signing_keys"),
    };
  }

  async uploadSigningKeys(upload: SigningUpload, answer?: Answer): Promise<Interactive> {
    const { outcome } = await interactively(
      (auth) =>
        this.server.post("/v3/keys/device_signing/upload", {
          ...upload,
          ...(auth === undefined ? {} : { auth }),
        }),
      answer,
      this.userID,
    );
    return outcome;
  }

  /** The server answers with success even when it took nothing; then it says which. */
  async uploadSignatures(upload: SignatureUpload): Promise<void> {
    const answer = await this.server.post("/v3/keys/signatures/upload", upload);
    const [refused] = entriesIn(answer, "failures")
      .flatMap(([, failures]) => Object.keys(Object(failures)));
    if (refused !== undefined) {
      throw new Failure("BAD_ANSWER", `The server does not take the signature of ${refused}.`);
    }
  }

  backupVersion(): Promise<unknown> {
    return this.#found(this.server.get("/v3/room_keys/version"));
  }

  async createBackup(description: unknown): Promise<void> {
    await this.server.post("/v3/room_keys/version", description);
  }

  async upload(version: string, body: BackupUpload): Promise<"stored" | "replaced"> {
    try {
      await this.server.ask({
        method: "PUT",
        path: "/v3/room_keys/keys",
        query: { version },
        body,
      });
      return "stored";
    } catch (error) {
      if (error instanceof Failure && isReplaced(error)) return "replaced";
      throw error;
    }
  }

  room(version: string, roomID: RoomID): Promise<unknown> {
    return this.#found(this.server.get(path`/v3/room_keys/keys/${roomID}`, { version }));
  }

  session(version: string, roomID: RoomID, sessionID: string): Promise<unknown> {
    const place = path`/v3/room_keys/keys/${roomID}/${sessionID}`;
    return this.#found(this.server.get(place, { version }));
  }

  /** Undefined for what is not there; a server that cannot be reached is a failure. */
  async #found(answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Failure && error.code === "M_NOT_FOUND") return undefined;
      throw error;
    }
  }
}

/** Another version is the newest, or there is none any more. */
function isReplaced({ code }: Failure): boolean {
  return code === "M_WRONG_ROOM_KEYS_VERSION" || code === "M_NOT_FOUND";
}
