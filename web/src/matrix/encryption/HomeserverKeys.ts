import type { KeyServer } from "../../crypto/KeyServer.ts";
import type { DeviceID, UserID } from "../../crypto/names.ts";
import type { ToDeviceMessages } from "../../crypto/storage/stores.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { Failure } from "../contract.ts";

/** How long our server may wait for the servers of others, in milliseconds. */
const othersMS = 10_000;

/** The key endpoints of a homeserver. */
export class HomeserverKeys implements KeyServer {
  constructor(private readonly server: Homeserver) {}

  upload(body: object): Promise<unknown> {
    return this.server.post("/v3/keys/upload", body);
  }

  query(userIDs: readonly UserID[]): Promise<unknown> {
    const everything = Object.fromEntries(userIDs.map((userID) => [userID, []]));
    return this.server.post("/v3/keys/query", { device_keys: everything, timeout: othersMS });
  }

  claim(devices: ReadonlyMap<UserID, readonly DeviceID[]>): Promise<unknown> {
    const wanted = [...devices].map(([userID, ids]) => [
      userID,
      Object.fromEntries(ids.map((id) => [id, "signed_curve25519"])),
    ]);
    const one_time_keys = Object.fromEntries(wanted);
    return this.server.post("/v3/keys/claim", { one_time_keys, timeout: othersMS });
  }

  async sendToDevice(
    type: string,
    txnID: string,
    messages: ToDeviceMessages,
  ): Promise<"sent" | "refused"> {
    try {
      await this.server.put(path`/v3/sendToDevice/${type}/${txnID}`, { messages });
      return "sent";
    } catch (error) {
      if (error instanceof Failure && isFinal(error)) return "refused";
      throw error;
    }
  }
}

/** Whether asking again will never help: all but sessions that ended, limits and a sick server. */
function isFinal({ details: { status } }: Failure): boolean {
  return status === 400 || status === 403 || status === 404 || status === 413;
}
