import { readRecoveryCode, writeRecoveryCode } from "../../crypto/secrets/recoveryCode.ts";
import { Cell } from "../../platform/Cell.ts";
import type {
  Answer,
  BackupState,
  ChangedPerson,
  Comparison,
  ComparisonState,
  Interactive,
  Opening,
  PersonTrust,
  RecoveryCode,
  RoomID,
  Security,
  SecurityState,
  UserID,
} from "../contract.ts";
import { person, self } from "./people.ts";

/**
 * - `ready`, `new`, `locked`: as in `SecurityState`; `locked-alone` without another device.
 * - `asked`: another device asks to be confirmed. `comparing`: the pictures are there.
 * - `changed`: somebody's identity changed. `behind`: not everything is stored yet.
 */
export type FakeSecurityOption =
  | "ready"
  | "new"
  | "locked"
  | "locked-alone"
  | "asked"
  | "comparing"
  | "changed"
  | "behind";

const march = Date.UTC(2026, 2, 3, 9);
const second = { number: 2, createdTS: Date.UTC(2026, 10, 20, 9) };

/** The code that opens the sample account, and the one before it. */
const keys = [2, 1].map((fill) => Uint8Array.from({ length: 32 }, (_, at) => at * 7 + fill));
const [code, formerCode] = keys.map(writeRecoveryCode) as [string, string];

/** Confirming on sample data: the code is that of the bytes 2, 9, 16 …; the former begins at 1. */
export class FakeSecurity implements Security {
  readonly state: Cell<SecurityState>;
  readonly backup: Cell<BackupState>;
  readonly comparisons = new Cell<readonly Comparison[]>([]);
  readonly confirmedDevices: Cell<readonly string[]>;
  readonly writesToUnconfirmed = new Cell(false);
  readonly #people = new Map<UserID, Cell<PersonTrust>>();
  readonly #changed: Cell<readonly ChangedPerson[]>;

  constructor(option: FakeSecurityOption) {
    const isLocked = option === "locked" || option === "locked-alone";
    this.state = new Cell<SecurityState>(
      option === "new" ? { phase: "new" } : isLocked
        ? {
          phase: "locked",
          code: second,
          takesPassphrase: false,
          canCompare: option === "locked",
        }
        : { phase: "ready", code: second },
    );
    this.backup = new Cell<BackupState>({ waiting: option === "behind" ? 12 : 0 });
    this.confirmedDevices = new Cell<readonly string[]>(isLocked ? ["PHONE"] : ["FAKE", "PHONE"]);
    this.#changed = new Cell<readonly ChangedPerson[]>(
      option === "changed" ? [{ ...person(1), wasConfirmed: true }] : [],
    );
    if (option === "changed") this.#trust(person(1).id).set("changed-confirmed");
    this.#trust(person(2).id).set("confirmed");
    if (option === "asked") {
      this.#add({ isSelf: true, state: { phase: "asked", isPossible: true } });
    }
    if (option === "comparing") this.#add({ isSelf: true, state: comparing });
  }

  person(userID: UserID): Cell<PersonTrust> {
    return this.#trust(userID);
  }

  changedIn(_roomID: RoomID): Cell<readonly ChangedPerson[]> {
    return this.#changed;
  }

  async createCode(_answer?: Answer): Promise<Interactive> {
    await pause(400);
    const made: RecoveryCode = { text: code, number: 1, createdTS: Date.now() };
    this.state.set({ phase: "unsaved", code: made });
    return { done: true };
  }

  confirmCode(): Promise<void> {
    this.state.update((state) =>
      state.phase !== "unsaved" ? state : {
        phase: "ready",
        code: { number: state.code.number ?? 1, createdTS: state.code.createdTS ?? 0 },
      }
    );
    return Promise.resolve();
  }

  async openWith(text: string): Promise<Opening> {
    await pause(400);
    const reading = readRecoveryCode(text);
    const key = reading.state === "whole" ? writeRecoveryCode(reading.key) : "";
    if (key === formerCode) {
      return { done: false, reason: "former", code: { number: 1, createdTS: march } };
    }
    if (key !== code) return { done: false, reason: "wrong" };
    this.#open();
    return { done: true };
  }

  compareWithDevices(): Promise<string> {
    return Promise.resolve(this.#add({ isSelf: true, state: { phase: "asking" } }));
  }

  compareWithPerson(userID: UserID): Promise<string> {
    const who = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(person).find(({ id }) => id === userID);
    return Promise.resolve(
      this.#add({ isSelf: false, person: who ?? person(1), state: { phase: "asking" } }),
    );
  }

  async acceptComparison(id: string): Promise<void> {
    this.#set(id, { phase: "preparing" });
    await pause(600);
    this.#set(id, comparing);
  }

  async answerComparison(id: string, isSame: boolean): Promise<void> {
    if (!isSame) return this.#set(id, { phase: "ended", reason: "different" });
    this.#set(id, { phase: "waiting" });
    await pause(900);
    this.#set(id, { phase: "done" });
    this.#open();
  }

  closeComparison(id: string): Promise<void> {
    this.comparisons.update((all) => all.filter((one) => one.id !== id));
    return Promise.resolve();
  }

  acceptChange(userID: UserID): Promise<void> {
    this.#trust(userID).set("seen");
    this.#changed.update((all) => all.filter(({ id }) => id !== userID));
    return Promise.resolve();
  }

  setWritesToUnconfirmed(writes: boolean): Promise<void> {
    this.writesToUnconfirmed.set(writes);
    return Promise.resolve();
  }

  #open(): void {
    this.state.update((state) =>
      state.phase === "locked" ? { phase: "ready", code: state.code } : state
    );
    this.confirmedDevices.set(["FAKE", "PHONE"]);
  }

  #add(about: Partial<Comparison> & Pick<Comparison, "isSelf" | "state">): string {
    const id = crypto.randomUUID();
    const { isSelf } = about;
    const device = isSelf ? { deviceName: "Firefox sur Linux" } : {};
    this.comparisons.update((all) => [...all, { id, person: self, ...device, ...about }]);
    if (about.state.phase === "asking") {
      setTimeout(() => this.#set(id, { phase: "preparing" }), 1500);
      setTimeout(() => this.#set(id, comparing), 2200);
    }
    return id;
  }

  #set(id: string, state: ComparisonState): void {
    this.comparisons.update((all) => all.map((one) => one.id === id ? { ...one, state } : one));
  }

  #trust(userID: UserID): Cell<PersonTrust> {
    const known = this.#people.get(userID);
    if (known !== undefined) return known;
    const cell = new Cell<PersonTrust>("seen");
    this.#people.set(userID, cell);
    return cell;
  }
}

const comparing: ComparisonState = {
  phase: "comparing",
  emoji: [0, 11, 34, 29, 36, 54, 49],
  numbers: [1234, 5678, 9012],
};

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
