import type { CryptoMachine } from "../../crypto/CryptoMachine.ts";
import { type DeviceKeys, readDeviceKeys } from "../../crypto/crosssigning/deviceKeys.ts";
import { identityIn, type PinnedIdentities } from "../../crypto/crosssigning/PinnedIdentities.ts";
import type { PublicIdentity } from "../../crypto/crosssigning/publicIdentity.ts";
import { openSeed, signDevice, signIdentity } from "../../crypto/crosssigning/signingKeys.ts";
import { encodeBase64 } from "../../crypto/primitives/base64.ts";
import { secretNames } from "../../crypto/secrets/storedSecret.ts";
import type { Device } from "../../crypto/storage/stores.ts";
import { Failure, type UserID } from "../contract.ts";
import type { HomeserverSecrets } from "./HomeserverSecrets.ts";
import type { SecretVault } from "./SecretVault.ts";

/** So often an identity is asked for before the server is not believed to publish it. */
const maxTries = 4;

/** Who this account is to itself and to others: reading identities, confirming and signing them. */
export class OwnIdentity {
  constructor(
    readonly self: UserID,
    private readonly machine: CryptoMachine,
    private readonly identities: PinnedIdentities,
    private readonly server: HomeserverSecrets,
    private readonly vault: SecretVault,
  ) {}

  /** What somebody published, as new as can be had. */
  async of(userID: UserID): Promise<PublicIdentity | undefined> {
    await this.machine.lists.devicesOf([userID]);
    return await identityIn(userID, await this.machine.lists.rememberedOf(userID));
  }

  /** Our own, once it is confirmed on this device. */
  async confirmed(): Promise<PublicIdentity | undefined> {
    const { self, machine: { lists } } = this;
    const remembered = await lists.rememberedOf(self);
    const trust = await this.identities.trustOf(self, remembered, undefined);
    return trust === "verified" ? await identityIn(self, remembered) : undefined;
  }

  async devices(): Promise<readonly Device[]> {
    return (await this.machine.lists.devicesOf([this.self])).get(this.self) ?? [];
  }

  /** This device, as it publishes itself. */
  ownDevice(): Promise<DeviceKeys> {
    const { deviceID, deviceKeys } = this.machine.account;
    return readDeviceKeys(this.self, deviceID, deviceKeys);
  }

  /**
   * The person has confirmed that this identity is that of `userID`, who may be they themselves.
   *
   * - Parameter master: In Base64.
   * - Throws: `BAD_ANSWER` when the server publishes another one by now.
   */
  async confirm(userID: UserID, master: string): Promise<void> {
    const { lists } = this.machine;
    for (let tries = 0; tries < maxTries; tries++) {
      await lists.judgeAnew(userID);
      await lists.devicesOf([userID]);
      const remembered = await lists.rememberedOf(userID);
      const next = await this.identities.confirm(userID, master, remembered);
      // A change that was told of meanwhile made that answer worth nothing.
      if (next === undefined) continue;
      await lists.judgeAnew(userID, next);
      await lists.devicesOf([userID]);
      return;
    }
    throw new Failure("BAD_ANSWER", "The server publishes another identity.");
  }

  /** Signs this device, so that others write to it. */
  async signThisDevice(): Promise<void> {
    await this.#sign(await this.ownDevice());
  }

  /** Signs another device of ours, whose key the person has confirmed. */
  async signDevice(deviceID: string, ed25519: string): Promise<void> {
    const device = (await this.devices()).find((device) => device.deviceID === deviceID);
    if (device === undefined || device.ed25519 !== ed25519) {
      throw new Failure("BAD_ANSWER", "The server publishes another key of this device.");
    }
    await this.#sign(await readDeviceKeys(this.self, deviceID, device.object));
    await this.machine.lists.judgeAnew(this.self);
    await this.devices();
  }

  /** Signs somebody's identity for our own other devices, where this one can. */
  async signPerson(userID: UserID): Promise<void> {
    const seed = this.vault.secrets[secretNames.userSigning];
    const [own, theirs] = [await this.confirmed(), await this.of(userID)];
    if (seed === undefined || own?.userSigning === undefined || theirs === undefined) return;
    const pair = await openSeed(seed, own.userSigning);
    await this.server.uploadSignatures(await signIdentity(theirs, own, pair));
  }

  async #sign(device: DeviceKeys): Promise<void> {
    const seed = this.vault.secrets[secretNames.selfSigning];
    const own = await this.of(this.self);
    if (seed === undefined || own?.selfSigning === undefined) {
      throw new Failure("NOT_FOUND", "This device cannot sign.");
    }
    const pair = await openSeed(seed, own.selfSigning);
    await this.server.uploadSignatures(await signDevice(device, own, pair));
  }
}

export function masterOf({ master }: PublicIdentity): string {
  return encodeBase64(master.publicKey);
}
