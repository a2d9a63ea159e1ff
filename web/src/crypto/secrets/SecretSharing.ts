import { stringIn } from "../../platform/json.ts";
import { type SecretName, secretNames } from "./storedSecret.ts";

/** What a device asks of the others, as `m.secret.request`. Sent as it is: it tells nothing. */
export type SecretRequest = {
  readonly name: SecretName;
  readonly requestID: string;
  readonly requestingDevice: string;
};

/** A device of our own, as what came from it shows: by Olm, and by its owner's signature. */
export type SendingDevice = {
  readonly deviceID: string;
  /** Of our own account, and signed by our own self-signing key. */
  readonly isOwnAndSigned: boolean;
};

/** An answer that comes later belongs to nothing that anybody remembers. In milliseconds. */
const patienceMS = 10 * 60_000;
/** In UTF-16 units; the secrets that we know have 43. */
const maxSecret = 1_000;
/** Of a request's ID. */
const maxID = 255;

const known: readonly string[] = Object.values(secretNames);

/**
 * Asks our other devices for the secrets that this one lacks, once it has been confirmed by one of
 * them, and takes the first answer to each.
 *
 * - Spec: [Sharing](https://spec.matrix.org/v1.19/client-server-api/#sharing)
 */
export class SecretRequests {
  readonly #open = new Map<string, { readonly name: SecretName; readonly since: number }>();

  constructor(readonly deviceID: string) {}

  /** What waits for an answer. */
  get names(): readonly SecretName[] {
    return [...this.#open.values()].map(({ name }) => name);
  }

  /**
   * - Parameter requestID: New, and not to be guessed.
   * - Returns: The content of an `m.secret.request` for all our devices.
   */
  ask(name: SecretName, requestID: string, now: number) {
    this.#open.set(requestID, { name, since: now });
    return {
      action: "request",
      name,
      request_id: requestID,
      requesting_device_id: this.deviceID,
    };
  }

  /**
   * Takes an `m.secret.send` that came by Olm. What nobody asked for, or what comes from a device
   * that nobody vouches for, is ignored.
   *
   * - Returns: The secret, and the content of an `m.secret.request` for all our devices but that one:
   *   it is no longer wanted.
   */
  take(content: unknown, from: SendingDevice, now: number) {
    const requestID = stringIn(content, "request_id") ?? "";
    const secret = stringIn(content, "secret");
    const asked = this.#open.get(requestID);
    if (asked === undefined || secret === undefined || secret.length > maxSecret) return undefined;
    if (!from.isOwnAndSigned || from.deviceID === this.deviceID) return undefined;
    this.#open.delete(requestID);
    if (now >= asked.since + patienceMS) return undefined;
    return { name: asked.name, secret, cancellation: this.#cancellation(requestID) };
  }

  /** Gives up what was not answered. Returns the contents that say so to all our devices. */
  expire(now: number) {
    const late = [...this.#open].filter(([, { since }]) => now >= since + patienceMS);
    for (const [requestID] of late) this.#open.delete(requestID);
    return late.map(([requestID]) => this.#cancellation(requestID));
  }

  #cancellation(requestID: string) {
    return {
      action: "request_cancellation",
      request_id: requestID,
      requesting_device_id: this.deviceID,
    };
  }
}

/**
 * Whether another device is to be given a secret: the request to answer, by an Olm message to that
 * very device, or undefined.
 *
 * Only a device of our own that we signed is answered, and only for what is meant to be shared.
 *
 * - Parameter sender: Whose to-device message it is; `from` is the device that it names.
 */
export function requestToAnswer(
  content: unknown,
  sender: string,
  own: { readonly userID: string; readonly deviceID: string },
  from: SendingDevice | undefined,
): SecretRequest | undefined {
  const name = stringIn(content, "name") ?? "";
  const requestID = stringIn(content, "request_id") ?? "";
  const requestingDevice = stringIn(content, "requesting_device_id") ?? "";
  if (stringIn(content, "action") !== "request" || sender !== own.userID) return undefined;
  if (requestID === "" || requestID.length > maxID || !known.includes(name)) return undefined;
  if (from === undefined || from.deviceID !== requestingDevice) return undefined;
  if (!from.isOwnAndSigned || requestingDevice === own.deviceID) return undefined;
  return { name: name as SecretName, requestID, requestingDevice };
}

/** The content of the `m.secret.send` that answers. */
export function secretAnswer(request: SecretRequest, secret: string) {
  return { name: request.name, request_id: request.requestID, secret };
}
