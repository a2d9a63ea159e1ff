import type { PinnedIdentities } from "../../crypto/crosssigning/PinnedIdentities.ts";
import type { IdentityTrust } from "../../crypto/crosssigning/trust.ts";
import type { DeviceLists } from "../../crypto/devices/DeviceLists.ts";
import { Cell } from "../../platform/Cell.ts";
import { isEqual } from "../../platform/equal.ts";
import { type ChangedPerson, Failure, type Person } from "../contract.ts";
import type { PersonTrust, RoomID, UserID } from "../contract.ts";
import { masterOf, type OwnIdentity } from "./OwnIdentity.ts";

export type PeopleParts = {
  readonly self: UserID;
  readonly lists: DeviceLists;
  readonly identities: PinnedIdentities;
  readonly identity: OwnIdentity;
  readonly person: (userID: UserID) => Person;
  readonly membersOf: (roomID: RoomID) => Promise<readonly UserID[]>;
};

/** How far other people are trusted, and whose identity has changed in which room. */
export class PeopleTrust {
  readonly #people = new Map<UserID, Cell<PersonTrust>>();
  readonly #changed = new Map<RoomID, Cell<readonly ChangedPerson[]>>();

  constructor(private readonly parts: PeopleParts) {}

  /** The devices and identities of these people were judged anew. */
  changed(userIDs: readonly UserID[]): void {
    for (const userID of userIDs) if (this.#people.has(userID)) void this.#refreshPerson(userID);
    for (const roomID of this.#changed.keys()) void this.#refreshChanged(roomID);
  }

  person(userID: UserID): Cell<PersonTrust> {
    const known = this.#people.get(userID);
    if (known !== undefined) return known;
    const cell = new Cell<PersonTrust>("unknown");
    this.#people.set(userID, cell);
    void this.#refreshPerson(userID);
    this.parts.identity.of(userID).then(() => this.#refreshPerson(userID)).catch(() => {});
    return cell;
  }

  changedIn(roomID: RoomID): Cell<readonly ChangedPerson[]> {
    const known = this.#changed.get(roomID);
    if (known !== undefined) return known;
    const cell = new Cell<readonly ChangedPerson[]>([]);
    this.#changed.set(roomID, cell);
    void this.#refreshChanged(roomID);
    return cell;
  }

  async acceptChange(userID: UserID): Promise<void> {
    const { lists, identities } = this.parts;
    const identity = await this.parts.identity.of(userID);
    const remembered = await lists.rememberedOf(userID);
    const next = identity && await identities.acceptChange(userID, masterOf(identity), remembered);
    if (next === undefined) throw new Failure("NOT_FOUND", "There is no identity to accept.");
    await lists.judgeAnew(userID, next);
    await this.parts.identity.of(userID);
  }

  async #trustOf(userID: UserID): Promise<IdentityTrust> {
    const { lists, identities, self } = this.parts;
    const [remembered, own] = [await lists.rememberedOf(userID), await lists.rememberedOf(self)];
    return await identities.trustOf(userID, remembered, own);
  }

  async #refreshPerson(userID: UserID): Promise<void> {
    this.#people.get(userID)?.set(trusts[await this.#trustOf(userID)]);
  }

  async #refreshChanged(roomID: RoomID): Promise<void> {
    const people: ChangedPerson[] = [];
    for (const userID of await this.parts.membersOf(roomID)) {
      if (userID === this.parts.self) continue;
      const trust = await this.#trustOf(userID);
      if (trust !== "changed" && trust !== "changed-verified") continue;
      people.push({ ...this.parts.person(userID), wasConfirmed: trust === "changed-verified" });
    }
    const cell = this.#changed.get(roomID);
    if (cell !== undefined && !isEqual(cell.get(), people)) cell.set(people);
  }
}

const trusts: { readonly [trust in IdentityTrust]: PersonTrust } = {
  none: "unknown",
  pinned: "seen",
  verified: "confirmed",
  changed: "changed",
  "changed-verified": "changed-confirmed",
};
