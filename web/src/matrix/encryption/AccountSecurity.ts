import type { NewKeys } from "../../crypto/account/setUpAccount.ts";
import { inBytes } from "../../crypto/crosssigning/deviceKeys.ts";
import type { PinnedIdentities } from "../../crypto/crosssigning/PinnedIdentities.ts";
import { KeyedQueue } from "../../crypto/KeyedQueue.ts";
import { encodeBase64 } from "../../crypto/primitives/base64.ts";
import { importEd25519 } from "../../crypto/primitives/ed25519.ts";
import type { Unreadable } from "../../crypto/rooms/RoomDecryption.ts";
import { type AccountSecrets, defaultKeyID } from "../../crypto/secrets/codePlan.ts";
import {
  type KeyDescription,
  keyDescriptionPrefix,
  nextNumber,
  readKeyDescription,
} from "../../crypto/secrets/keyDescription.ts";
import { writeRecoveryCode } from "../../crypto/secrets/recoveryCode.ts";
import { secretNames } from "../../crypto/secrets/storedSecret.ts";
import type { Device } from "../../crypto/storage/stores.ts";
import type { ReceivedToDevice } from "../../crypto/todevice/ToDeviceInbox.ts";
import { keysToCompare } from "../../crypto/verification/keysToCompare.ts";
import type { KeysByID } from "../../crypto/verification/Verification.ts";
import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { isEqual } from "../../platform/equal.ts";
import { field, type JsonObject, optional, stringIn } from "../api/json.ts";
import {
  type Answer,
  type CodeLabel,
  type Comparison,
  Failure,
  type Interactive,
  type Opening,
  type Person,
  type RoomID,
  type SecurityState,
  type UnreadableReason,
  type UserID,
} from "../contract.ts";
import { Backup } from "./Backup.ts";
import type { Comparisons, Ends } from "./Comparisons.ts";
import type { Encryption } from "./Encryption.ts";
import type { MissingEvent } from "./EventReader.ts";
import type { HomeserverKeys } from "./HomeserverKeys.ts";
import type { HomeserverSecrets } from "./HomeserverSecrets.ts";
import { masterOf, OwnIdentity } from "./OwnIdentity.ts";
import { PeopleTrust } from "./PeopleTrust.ts";
import { SecretExchange } from "./SecretExchange.ts";
import type { SecretVault } from "./SecretVault.ts";

export type SecurityParts = {
  readonly self: UserID;
  readonly deviceID: string;
  readonly clock: Clock;
  readonly encryption: Encryption;
  readonly identities: PinnedIdentities;
  readonly vault: SecretVault;
  readonly keys: HomeserverKeys;
  readonly secrets: HomeserverSecrets;
  readonly accountData: ReadonlyMap<string, JsonObject>;
  /** Whether a sync has brought all account data. */
  readonly isSynced: () => boolean;
  /** Those that are wanted first come first. */
  readonly rooms: () => readonly RoomID[];
  readonly person: (userID: UserID) => Person;
  readonly membersOf: (roomID: RoomID) => Promise<readonly UserID[]>;
  /** Sends it into a room, encrypted where that is: the event's ID. */
  readonly say: (roomID: RoomID, type: string, content: JsonObject) => Promise<string | undefined>;
  readonly directWith: (userID: UserID) => Promise<RoomID>;
  /** Why messages cannot be read has changed, everywhere. */
  readonly onChange: () => void;
};

/** How the types of all that belongs to comparing begin. */
const comparingTypes = "m.key.verification.";

/** What the account is called in the list of its keys; the person sees number and date. */
const codeName = "Chappe";

/** The recovery code of an account, and who and what is confirmed. */
export class AccountSecurity {
  readonly state = new Cell<SecurityState>({ phase: "unknown" });
  readonly confirmedDevices = new Cell<readonly string[]>([]);
  readonly backup: Backup;
  readonly comparisons = new Cell<readonly Comparison[]>([]);
  readonly people: PeopleTrust;
  readonly #identity: OwnIdentity;
  readonly #exchange: SecretExchange;
  /** Fetched when there is something to compare. */
  #comparing: Promise<Comparisons> | undefined;
  #isStopped = false;
  readonly #making = new KeyedQueue();
  /** The code that was just made here: sync tells of it a moment later. */
  #made: KeyDescription | undefined;

  constructor(private readonly parts: SecurityParts) {
    const { self, deviceID, clock, encryption, vault, secrets, identities } = parts;
    const { machine } = encryption;
    this.#identity = new OwnIdentity(self, machine, identities, secrets, vault);
    const identity = this.#identity;
    this.people = new PeopleTrust({ ...parts, lists: machine.lists, identity });
    this.backup = new Backup({
      machine,
      server: secrets,
      clock,
      vault,
      identity: () => identity.confirmed(),
      onReadable: (sessions) => encryption.became(sessions),
      onMissing: (sessions) => {
        parts.onChange();
        void machine.requests.ask(sessions).then(() => encryption.nudge());
      },
    });
    this.#exchange = new SecretExchange({
      ...{ self, deviceID, clock, machine, identity, vault },
      sendToDevices: this.#sendToDevices,
      onSecret: () => this.#secretCame(),
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.backup.stop();
    void this.#comparing?.then((comparisons) => comparisons.stop());
  }

  // What happens meanwhile.

  /** Part of each round of work, when the machine has done its own. */
  async work(): Promise<void> {
    await this.#identity.devices();
    await this.#resume();
    await this.#exchange.answer();
    await this.refresh();
    this.backup.nudge();
  }

  /** To-device events that are not of the machine. */
  async hear(events: readonly ReceivedToDevice[]): Promise<void> {
    for (const event of events) {
      const { type, sender, content } = event;
      if (type.startsWith(comparingTypes)) await this.compare({ type, sender, content });
      else await this.#exchange.hear(event);
    }
  }

  /** Hears an event that may be part of a comparison: one to this device, or in a room. */
  async compare(event: JsonObject, roomID?: RoomID): Promise<void> {
    const isPart = stringIn(event, "type")?.startsWith(comparingTypes) === true ||
      stringIn(field(event, "content"), "msgtype") === `${comparingTypes}request`;
    if (isPart) await (await this.#comparisons()).take(event, roomID);
  }

  /** The devices and identities of these people were judged anew. */
  peopleChanged(userIDs: readonly UserID[]): void {
    if (userIDs.includes(this.parts.self)) void this.refresh();
    this.people.changed(userIDs);
  }

  /** Tells how all stands, by what is stored and known. */
  async refresh(): Promise<void> {
    const { encryption: { machine: { lists } }, self } = this.parts;
    const devices = await lists.knownDevicesOf(self);
    const confirmed = devices.filter(({ trust }) => trust === "verified")
      .map(({ deviceID }) => deviceID);
    if (!isEqual(confirmed, this.confirmedDevices.get())) this.confirmedDevices.set(confirmed);
    const [before, next] = [this.state.get(), this.#stateNow(devices)];
    if (isEqual(before, next)) return;
    this.state.set(next);
    if (before.phase === "locked" || next.phase === "locked") this.parts.onChange();
  }

  /** Why a message cannot be read, as far as that can be told. */
  why(reason: Unreadable, { roomID, sessionID }: MissingEvent): UnreadableReason {
    switch (reason.kind) {
      case "withheld":
        if (reason.code === "m.history_not_shared") return "before";
        return reason.code === "m.no_olm" ? "coming" : "withheld";
      case "missing":
      case "too-early": {
        if (this.state.get().phase === "locked") return "locked";
        const isMissed = sessionID !== undefined && this.backup.isMissed(roomID, sessionID);
        return isMissed ? "gone" : "coming";
      }
      default:
        return "damaged";
    }
  }

  // The recovery code.

  /** One at a time: what went on by itself after a crash is not begun anew meanwhile. */
  createCode(answer?: Answer): Promise<Interactive> {
    return this.#making.run(["code"], () => this.#createCode(answer));
  }

  async #createCode(answer: Answer | undefined): Promise<Interactive> {
    const { vault, encryption: { machine }, secrets, self } = this.parts;
    const { makeNewKeys, setUpAccount } = await import("./seldom.ts");
    await machine.work();
    await this.#identity.devices();
    const { phase } = this.state.get();
    const kept = vault.pending;
    const isGoingOn = kept !== undefined && !kept.isDone &&
      (answer !== undefined || phase === "new");
    const former = phase === "ready" ? whole(vault.secrets) : undefined;
    const made: NewKeys = isGoingOn ? kept : makeNewKeys({
      name: codeName,
      number: nextNumber(this.#descriptions()),
      createdTS: this.parts.clock.now(),
    }, former);
    if (!isGoingOn) await vault.setPending({ ...made, isDone: false });
    const { deviceID, identity: { ed25519 } } = machine.account;
    const outcome = await setUpAccount(
      made,
      {
        userID: self,
        device: { deviceID, privateKey: ed25519.privateKey },
        deviceKeys: await this.#identity.ownDevice(),
      },
      secrets,
      answer,
    );
    if (outcome.done) await this.#done(made);
    return outcome;
  }

  /** Makes what is the account's by now this device's too. May be done twice. */
  async #done(keys: NewKeys): Promise<void> {
    const { vault, encryption: { machine } } = this.parts;
    const before = vault.secrets[secretNames.backup];
    await vault.setSecrets(keys.secrets);
    const { publicKey } = await importEd25519(keys.secrets[secretNames.master]);
    await this.#identity.confirm(this.parts.self, encodeBase64(publicKey));
    const isSame = before !== undefined &&
      encodeBase64(before) === encodeBase64(keys.secrets[secretNames.backup]);
    if (!isSame) await machine.keys.markAllWaiting();
    await vault.setPending({ ...keys, isDone: true });
    this.#made = {
      keyID: keys.code.keyID,
      number: keys.code.number,
      createdTS: keys.code.createdTS,
    };
    this.backup.reopen();
    await this.refresh();
    this.parts.encryption.nudge();
  }

  /** A code that was made just when this device stopped. */
  #resume(): Promise<void> {
    const isOpen = () => this.parts.vault.pending?.isDone === false;
    if (!isOpen() || !this.parts.isSynced()) return Promise.resolve();
    return this.#making.run(["code"], async () => {
      const { pending } = this.parts.vault;
      if (pending === undefined || !isOpen()) return;
      if (defaultKeyID(this.#accountData) === pending.code.keyID) await this.#done(pending);
    });
  }

  async confirmCode(): Promise<void> {
    await this.parts.vault.setPending(undefined);
    await this.refresh();
  }

  async openWith(code: string): Promise<Opening> {
    const { vault, encryption, self } = this.parts;
    const { openAccount } = await import("./seldom.ts");
    const published = await this.#identity.of(self);
    if (published === undefined) return { done: false, reason: "wrong" };
    const opening = await openAccount(
      code,
      this.#accountData,
      this.#descriptions(),
      published,
    );
    if (!opening.done) {
      if (opening.reason === "wrong") return { done: false, reason: "wrong" };
      return { done: false, reason: "former", code: labelOf(opening.former) };
    }
    await vault.setSecrets({ ...vault.secrets, ...opening.secrets });
    await this.#identity.signThisDevice();
    await this.#identity.confirm(self, masterOf(published));
    await this.#opened();
    encryption.nudge();
    return { done: true };
  }

  /** This device was just confirmed: it reads all that the account can. */
  async #opened(): Promise<void> {
    // Whom we had confirmed on other devices is confirmed here too.
    await this.parts.encryption.machine.lists.judgeAllAnew();
    this.backup.reopen();
    this.backup.restore(this.parts.rooms());
    await this.refresh();
    this.parts.onChange();
  }

  // Comparing.

  async acceptComparison(id: string): Promise<void> {
    await (await this.#comparisons()).accept(id);
  }

  async answerComparison(id: string, isSame: boolean): Promise<void> {
    await (await this.#comparisons()).answer(id, isSame);
  }

  async closeComparison(id: string): Promise<void> {
    await (await this.#comparisons()).close(id);
  }

  async compareWithDevices(deviceIDs?: readonly string[]): Promise<string> {
    const devices = (await this.#identity.devices()).map(({ deviceID }) => deviceID)
      .filter((id) => id !== this.parts.deviceID);
    const asked = deviceIDs === undefined
      ? devices
      : devices.filter((id) => deviceIDs.includes(id));
    return await (await this.#comparisons()).askDevices(asked);
  }

  async compareWithPerson(userID: UserID): Promise<string> {
    const roomID = await this.parts.directWith(userID);
    const body = `${this.parts.person(this.parts.self).name} demande à comparer des images.`;
    const comparisons = await this.#comparisons();
    const content = comparisons.requestContent(userID, body);
    const eventID = await this.parts.say(roomID, "m.room.message", content);
    if (eventID === undefined) throw new Failure("NOT_FOUND", "The request was taken back.");
    return await comparisons.askedInRoom(userID, roomID, eventID);
  }

  #comparisons(): Promise<Comparisons> {
    this.#comparing ??= this.#fetchComparisons().catch((error) => {
      this.#comparing = undefined;
      throw error;
    });
    return this.#comparing;
  }

  async #fetchComparisons(): Promise<Comparisons> {
    const { Comparisons } = await import("./seldom.ts");
    if (this.#isStopped) throw new Failure("INTERRUPTED", "The engine has stopped.");
    const { self, deviceID, clock, person, say } = this.parts;
    return new Comparisons({
      ...{ self, deviceID, clock, person, state: this.comparisons },
      sendToDevices: this.#sendToDevices,
      endsWith: (partner) => this.#endsWith(partner),
      sendToRoom: async (roomID, type, content) => void await say(roomID, type, content),
      onConfirmed: (partner, id, confirmed) => this.#confirmed(partner, id, confirmed),
    });
  }

  readonly #sendToDevices = async (
    userID: UserID,
    deviceIDs: readonly string[],
    type: string,
    content: JsonObject,
  ): Promise<void> => {
    const messages = { [userID]: Object.fromEntries(deviceIDs.map((id) => [id, content])) };
    await this.parts.keys.sendToDevice(type, crypto.randomUUID(), messages);
  };

  async #endsWith(partner: UserID): Promise<Ends | undefined> {
    const own = await this.#identity.ownDevice();
    const ownKeys = keysToCompare(own, await this.#identity.confirmed());
    const identity = await this.#identity.of(partner);
    const { lists } = this.parts.encryption.machine;
    const devices = (await lists.devicesOf([partner])).get(partner) ?? [];
    if (ownKeys === undefined) return undefined;
    const { self, deviceID } = this.parts;
    return {
      parties: {
        own: { userID: self, deviceID, keys: ownKeys },
        partner,
        keysOf: (id) => {
          const device = devices.find((device) => device.deviceID === id);
          return device && keysToCompare(inBytes(device), identity);
        },
      },
      names: new Map(devices.flatMap(({ deviceID, displayName }) => {
        return displayName === undefined ? [] : [[deviceID, displayName.slice(0, 200)]];
      })),
    };
  }

  async #confirmed(partner: UserID, deviceID: string, keys: KeysByID): Promise<void> {
    const { self, encryption } = this.parts;
    const identity = await this.#identity.of(partner);
    const isMaster = identity !== undefined &&
      keys.get(identity.master.keyID) === masterOf(identity);
    if (partner !== self) {
      if (!isMaster) return;
      await this.#identity.confirm(partner, masterOf(identity));
      await this.#identity.signPerson(partner);
    } else if (this.parts.vault.secrets[secretNames.selfSigning] !== undefined) {
      const ed25519 = keys.get(`ed25519:${deviceID}`);
      if (ed25519 !== undefined) await this.#identity.signDevice(deviceID, ed25519);
      await this.#exchange.answer();
    } else if (isMaster) {
      await this.#identity.confirm(self, masterOf(identity));
      await this.#exchange.ask();
    }
    await this.refresh();
    encryption.nudge();
  }

  /** From another device of ours, after comparing with it. */
  async #secretCame(): Promise<void> {
    const { vault } = this.parts;
    const mine = (await this.#identity.devices())
      .find(({ deviceID }) => deviceID === this.parts.deviceID);
    if (vault.secrets[secretNames.selfSigning] !== undefined && mine?.trust !== "verified") {
      await this.#identity.signThisDevice();
      const own = await this.#identity.confirmed();
      if (own !== undefined) await this.#identity.confirm(this.parts.self, masterOf(own));
    }
    if (vault.secrets[secretNames.backup] !== undefined) await this.#opened();
  }

  // How all stands.

  readonly #accountData = (type: string): unknown => this.parts.accountData.get(type);

  #descriptions(): readonly KeyDescription[] {
    return [...this.parts.accountData].flatMap(([type, content]) => {
      if (!type.startsWith(keyDescriptionPrefix)) return [];
      return readKeyDescription(type.slice(keyDescriptionPrefix.length), content) ?? [];
    });
  }

  #stateNow(devices: readonly Device[]): SecurityState {
    const { encryption, isSynced, vault, deviceID } = this.parts;
    if (encryption.isOn.get() !== true || !isSynced()) return { phase: "unknown" };
    const { pending } = vault;
    if (pending?.isDone === true) {
      const { key, number, createdTS } = pending.code;
      return { phase: "unsaved", code: { text: writeRecoveryCode(key), number, createdTS } };
    }
    const keyID = defaultKeyID(this.#accountData);
    const description = keyID === undefined
      ? this.#made
      : this.#descriptions().find((one) => one.keyID === keyID);
    if (keyID === undefined && description === undefined) return { phase: "new" };
    const mine = devices.find((device) => device.deviceID === deviceID);
    if (mine === undefined) return { phase: "unknown" };
    const code = description === undefined ? {} : labelOf(description);
    if (mine.trust === "verified") return { phase: "ready", code };
    return {
      phase: "locked",
      code,
      takesPassphrase: description?.passphrase !== undefined,
      canCompare: devices.some(({ deviceID: id, trust }) => {
        return id !== deviceID && (trust === "signed" || trust === "verified");
      }),
    };
  }
}

function labelOf({ number, createdTS }: KeyDescription): CodeLabel {
  return { ...optional("number", number), ...optional("createdTS", createdTS) };
}

function whole(secrets: Partial<AccountSecrets>): AccountSecrets | undefined {
  const isWhole = Object.values(secretNames).every((name) => secrets[name] !== undefined);
  return isWhole ? secrets as AccountSecrets : undefined;
}
