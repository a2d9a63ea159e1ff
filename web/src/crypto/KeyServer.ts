import type { DeviceID, UserID } from "./names.ts";
import type { ToDeviceMessages } from "./storage/stores.ts";

/**
 * The endpoints that keys and to-device messages go through. Answers are raw JSON, to be believed
 * in nothing. A promise rejects when there is no answer, or a refusal.
 */
export interface KeyServer {
  /** `POST /_matrix/client/v3/keys/upload` */
  upload(body: object): Promise<unknown>;
  /** `POST /_matrix/client/v3/keys/query` */
  query(userIDs: readonly UserID[]): Promise<unknown>;
  /** `POST /_matrix/client/v3/keys/claim`, for `signed_curve25519`. */
  claim(devices: ReadonlyMap<UserID, readonly DeviceID[]>): Promise<unknown>;
  /**
   * `PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}`: delivered once, however often it is
   * asked under the same transaction ID. `refused`: the server will never take it.
   */
  sendToDevice(
    type: string,
    txnID: string,
    messages: ToDeviceMessages,
  ): Promise<"sent" | "refused">;
}
