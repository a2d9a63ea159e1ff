import type { CryptoMachine } from "../../crypto/CryptoMachine.ts";
import { encodeBase64, encodeBase64URL } from "../../crypto/primitives/base64.ts";
import { type Bytes, randomBytes } from "../../crypto/primitives/bytes.ts";
import { CryptoError } from "../../crypto/primitives/CryptoError.ts";
import { openSeed } from "../../crypto/crosssigning/signingKeys.ts";
import type { SigningKey } from "../../crypto/crosssigning/publicIdentity.ts";
import {
  requestToAnswer,
  secretAnswer,
  SecretRequests,
} from "../../crypto/secrets/SecretSharing.ts";
import { readSeed, type SecretName, secretNames } from "../../crypto/secrets/storedSecret.ts";
import type { Device } from "../../crypto/storage/stores.ts";
import type { ReceivedToDevice } from "../../crypto/todevice/ToDeviceInbox.ts";
import type { Clock } from "../../platform/Clock.ts";
import { type JsonObject, stringIn } from "../api/json.ts";
import type { UserID } from "../contract.ts";
import type { OwnIdentity } from "./OwnIdentity.ts";
import type { SecretVault } from "./SecretVault.ts";

export type ExchangeParts = {
  readonly self: UserID;
  readonly deviceID: string;
  readonly clock: Clock;
  readonly machine: CryptoMachine;
  readonly identity: OwnIdentity;
  readonly vault: SecretVault;
  readonly sendToDevices: (
    userID: UserID,
    deviceIDs: readonly string[],
    type: string,
    content: JsonObject,
  ) => Promise<void>;
  /** A secret has come that this device lacked. */
  readonly onSecret: () => Promise<void>;
};

/** Requests that are held until their device is known to be signed; more are not heard. */
const maxHeld = 20;
/** And for how long. */
const heldMS = 5 * 60_000;

/** Gives the account's secrets to devices that were just confirmed, and takes them from those. */
export class SecretExchange {
  readonly #requests: SecretRequests;
  readonly #held: { readonly event: ReceivedToDevice; readonly since: number }[] = [];

  constructor(private readonly parts: ExchangeParts) {
    this.#requests = new SecretRequests(parts.deviceID);
  }

  /** Asks our other devices for what this one lacks. */
  async ask(): Promise<void> {
    const { self, vault, clock, sendToDevices } = this.parts;
    for (const name of Object.values(secretNames)) {
      if (vault.secrets[name] !== undefined || this.#requests.names.includes(name)) continue;
      const content = this.#requests.ask(name, encodeBase64URL(randomBytes(16)), clock.now());
      await sendToDevices(self, ["*"], "m.secret.request", content);
    }
  }

  /** Hears a to-device event of another device. */
  async hear(event: ReceivedToDevice): Promise<void> {
    if (event.type === "m.secret.send") return await this.#take(event);
    if (event.type !== "m.secret.request" || event.sender !== this.parts.self) return;
    const requestID = stringIn(event.content, "request_id");
    const held = this.#held.findIndex(({ event: { content } }) => {
      return stringIn(content, "request_id") === requestID;
    });
    if (held >= 0) this.#held.splice(held, 1);
    if (stringIn(event.content, "action") !== "request" || this.#held.length >= maxHeld) return;
    this.#held.push({ event, since: this.parts.clock.now() });
  }

  /** Answers what may be answered by now. */
  async answer(): Promise<void> {
    const { self, deviceID, machine, vault, clock, identity } = this.parts;
    if (this.#held.length === 0) return;
    const devices = await identity.devices();
    for (const held of [...this.#held]) {
      const { content, sender } = held.event;
      const from = devices.find((device) => {
        return device.deviceID === stringIn(content, "requesting_device_id");
      });
      const request = requestToAnswer(
        content,
        sender,
        { userID: self, deviceID },
        sending(from, self),
      );
      const secret = request && vault.secrets[request.name];
      const isLate = clock.now() >= held.since + heldMS;
      if (request !== undefined && secret !== undefined) {
        const to = [{ userID: self, deviceID: request.requestingDevice }];
        const answer = secretAnswer(request, encodeBase64(secret));
        await machine.sendToDevices(to, "m.secret.send", answer);
      } else if (!isLate) continue;
      this.#held.splice(this.#held.indexOf(held), 1);
    }
  }

  async #take({ content, sender, channel }: ReceivedToDevice): Promise<void> {
    const { self, deviceID, vault, clock, sendToDevices, onSecret } = this.parts;
    const from = sending(channel?.device, self);
    if (from === undefined || sender !== self) return;
    const taken = this.#requests.take(content, from, clock.now());
    if (taken === undefined) return;
    const seed = await this.#checked(taken.name, taken.secret);
    if (seed === undefined) return;
    await vault.setSecrets({ ...vault.secrets, [taken.name]: seed });
    const others = (await this.parts.identity.devices()).map((device) => device.deviceID)
      .filter((id) => id !== deviceID && id !== from.deviceID);
    if (others.length > 0) {
      await sendToDevices(self, others, "m.secret.request", taken.cancellation);
    }
    await onSecret();
  }

  /** A seed that is not that of the published key is worth nothing. The backup's is held against it later. */
  async #checked(name: SecretName, secret: string): Promise<Bytes | undefined> {
    const own = await this.parts.identity.confirmed();
    const places: { readonly [name: string]: SigningKey | undefined } = {
      [secretNames.master]: own?.master,
      [secretNames.selfSigning]: own?.selfSigning,
      [secretNames.userSigning]: own?.userSigning,
    };
    try {
      const seed = readSeed(secret);
      if (name === secretNames.backup) return seed;
      const place = places[name];
      if (place === undefined) return undefined;
      await openSeed(seed, place);
      return seed;
    } catch (error) {
      if (error instanceof CryptoError) return undefined;
      throw error;
    }
  }
}

function sending(device: Device | undefined, self: UserID) {
  if (device === undefined) return undefined;
  const isOwnAndSigned = device.userID === self && device.trust === "verified";
  return { deviceID: device.deviceID, isOwnAndSigned };
}
