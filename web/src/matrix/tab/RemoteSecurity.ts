import type {
  Answer,
  BackupState,
  ChangedPerson,
  Comparison,
  Interactive,
  Opening,
  PersonTrust,
  RoomID,
  Security,
  SecurityState,
  Store,
  UserID,
} from "../contract.ts";
import type { FeedName } from "../engine/feeds.ts";
import type { EngineLink } from "./EngineLink.ts";
import { FeedStore } from "./FeedStore.ts";

/** What is kept secret, and who is confirmed, seen from a tab. */
export class RemoteSecurity implements Security {
  readonly state: Store<SecurityState>;
  readonly backup: Store<BackupState>;
  readonly comparisons: Store<readonly Comparison[]>;
  readonly confirmedDevices: Store<readonly string[]>;
  readonly writesToUnconfirmed: Store<boolean>;
  readonly #people = new Map<UserID, Store<PersonTrust>>();
  readonly #changed = new Map<RoomID, Store<readonly ChangedPerson[]>>();

  constructor(private readonly link: EngineLink) {
    const value = <T>(name: FeedName, initial: T): FeedStore<T> => {
      const store = new FeedStore<T>(link, name, initial);
      // Whatever is on the screen rests on them.
      store.keep();
      return store;
    };
    this.state = value<SecurityState>("security", { phase: "unknown" });
    this.backup = value<BackupState>("backup", { waiting: 0 });
    this.comparisons = value<readonly Comparison[]>("comparisons", []);
    this.confirmedDevices = value<readonly string[]>("confirmedDevices", []);
    this.writesToUnconfirmed = value("writesToUnconfirmed", false);
  }

  person(userID: UserID): Store<PersonTrust> {
    return kept(
      this.#people,
      userID,
      () => new FeedStore<PersonTrust>(this.link, `trust ${userID}`, "unknown"),
    );
  }

  changedIn(roomID: RoomID): Store<readonly ChangedPerson[]> {
    return kept(
      this.#changed,
      roomID,
      () => new FeedStore<readonly ChangedPerson[]>(this.link, `changed ${roomID}`, []),
    );
  }

  createCode(answer?: Answer): Promise<Interactive> {
    return this.link.call("createCode", answer);
  }
  confirmCode(): Promise<void> {
    return this.link.call("confirmCode");
  }
  openWith(code: string): Promise<Opening> {
    return this.link.call("openWith", code);
  }
  compareWithDevices(deviceIDs?: readonly string[]): Promise<string> {
    return this.link.call("compareWithDevices", deviceIDs);
  }
  compareWithPerson(userID: UserID): Promise<string> {
    return this.link.call("compareWithPerson", userID);
  }
  acceptComparison(id: string): Promise<void> {
    return this.link.call("acceptComparison", id);
  }
  answerComparison(id: string, isSame: boolean): Promise<void> {
    return this.link.call("answerComparison", id, isSame);
  }
  closeComparison(id: string): Promise<void> {
    return this.link.call("closeComparison", id);
  }
  acceptChange(userID: UserID): Promise<void> {
    return this.link.call("acceptChange", userID);
  }
  setWritesToUnconfirmed(writes: boolean): Promise<void> {
    return this.link.call("setWritesToUnconfirmed", writes);
  }
}

/** The same store for the same ID. */
function kept<T>(stores: Map<string, Store<T>>, id: string, make: () => Store<T>): Store<T> {
  const store = stores.get(id) ?? make();
  stores.set(id, store);
  return store;
}
