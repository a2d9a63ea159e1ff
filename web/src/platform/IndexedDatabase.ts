import { isRange } from "./Database.ts";
import type {
  Database,
  Key,
  KeyRange,
  Layout,
  ReadOptions,
  StoreLayout,
  Transaction,
} from "./Database.ts";

/** How long an opening may be held up by another tab that has the old version open. */
const longestOpeningMS = 10_000;

/**
 * Opens, and if need be makes, the database `name`.
 *
 * Raise `version` when `layout` changes: stores that are new are made, those that differ are
 * emptied. What is in them comes from the server again, so no record is ever converted; but where
 * a store is irreplaceable, its records stay and only its indexes are made anew.
 */
export function openDatabase<S>(
  name: string,
  version: number,
  layout: Layout<S>,
): Promise<Database<S>> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, version);
    const timer = setTimeout(
      () => reject(new Error(`Opening ${name} takes too long`)),
      longestOpeningMS,
    );
    opening.onupgradeneeded = () => {
      try {
        upgrade(opening.result, opening.transaction, layout);
      } catch (error) {
        // The old version stays, with all that is in it.
        opening.transaction?.abort();
        reject(error);
      }
    };
    opening.onerror = () => {
      clearTimeout(timer);
      reject(opening.error);
    };
    opening.onsuccess = () => {
      clearTimeout(timer);
      const database = opening.result;
      // Another tab deletes or upgrades it: do not stand in the way.
      database.onversionchange = () => database.close();
      resolve(new IndexedDatabase<S>(database));
    };
  });
}

export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase(name);
    deletion.onsuccess = () => resolve();
    deletion.onerror = () => reject(deletion.error);
    // It goes on by itself once the last holder closes; nobody needs to wait for that.
    deletion.onblocked = () => resolve();
  });
}

function upgrade<S>(
  database: IDBDatabase,
  transaction: IDBTransaction | null,
  layout: Layout<S>,
): void {
  const wanted = Object.entries(layout) as [string, Layout<S>[keyof S]][];
  for (const name of [...database.objectStoreNames]) {
    const store = transaction?.objectStore(name);
    const plan = wanted.find(([wantedName]) => wantedName === name)?.[1];
    if (plan !== undefined && store !== undefined && isLaidOut(store, plan)) continue;
    if (plan?.isIrreplaceable !== true || store === undefined) database.deleteObjectStore(name);
    else reindex(store, plan);
  }
  for (const [name, { key, indexes = {} }] of wanted) {
    if (database.objectStoreNames.contains(name)) continue;
    const store = database.createObjectStore(name, { keyPath: key as string | string[] });
    for (const [index, fields] of Object.entries(indexes)) {
      store.createIndex(index, [...fields]);
    }
  }
}

function reindex(store: IDBObjectStore, { key, indexes = {} }: StoreLayout): void {
  if (JSON.stringify(store.keyPath) !== JSON.stringify(key)) {
    throw new Error(`The key of ${store.name} cannot change`);
  }
  for (const index of [...store.indexNames]) store.deleteIndex(index);
  for (const [index, fields] of Object.entries(indexes)) store.createIndex(index, [...fields]);
}

function isLaidOut<S>(store: IDBObjectStore, plan: Layout<S>[keyof S]): boolean {
  const now = [...store.indexNames].map((name) => [name, store.index(name).keyPath]);
  const then = Object.entries(plan.indexes ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([store.keyPath, now]) === JSON.stringify([plan.key, then]);
}

class IndexedDatabase<S> implements Database<S> {
  constructor(private readonly database: IDBDatabase) {}

  read<T>(stores: readonly (keyof S)[], work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    return this.#run("readonly", stores, work);
  }

  write<T>(stores: readonly (keyof S)[], work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    return this.#run("readwrite", stores, work);
  }

  close(): void {
    this.database.close();
  }

  async #run<T>(
    mode: IDBTransactionMode,
    stores: readonly (keyof S)[],
    work: (tx: Transaction<S>) => Promise<T>,
  ): Promise<T> {
    // "strict": what the screen shows as stored is on the disk, even when the power fails.
    const options: IDBTransactionOptions = mode === "readwrite" ? { durability: "strict" } : {};
    const transaction = this.database.transaction([...stores] as string[], mode, options);
    const finished = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("Aborted"));
    });
    // When the work throws, its error is the one to report.
    finished.catch(() => {});
    let result: T;
    try {
      result = await work(new IndexedTransaction<S>(transaction));
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It had ended already, by the same error.
      }
      throw error;
    }
    await finished;
    return result;
  }
}

class IndexedTransaction<S> implements Transaction<S> {
  constructor(private readonly transaction: IDBTransaction) {}

  get<N extends keyof S>(store: N, key: Key): Promise<S[N] | undefined> {
    return answer(this.#store(store).get(key as IDBValidKey));
  }

  getBy<N extends keyof S>(store: N, index: string, key: Key): Promise<S[N] | undefined> {
    return answer(this.#store(store).index(index).get(key as IDBValidKey));
  }

  getAll<N extends keyof S>(
    store: N,
    range?: KeyRange,
    { index, limit }: ReadOptions = {},
  ): Promise<S[N][]> {
    const source = index === undefined ? this.#store(store) : this.#store(store).index(index);
    return answer(source.getAll(range && bounds(range), limit));
  }

  count<N extends keyof S>(store: N, range: KeyRange, index?: string): Promise<number> {
    const source = index === undefined ? this.#store(store) : this.#store(store).index(index);
    return answer(source.count(bounds(range)));
  }

  // A request that fails, for want of room say, aborts its transaction, and `finished` rejects.

  put<N extends keyof S>(store: N, record: S[N]): void {
    this.#store(store).put(record);
  }

  delete<N extends keyof S>(store: N, key: Key | KeyRange): void {
    this.#store(store).delete(isRange(key) ? bounds(key) : key as IDBValidKey);
  }

  #store(name: keyof S): IDBObjectStore {
    return this.transaction.objectStore(name as string);
  }
}

function bounds({ lower, upper }: KeyRange): IDBKeyRange {
  return IDBKeyRange.bound(lower, upper);
}

// deno-lint-ignore no-explicit-any -- what a store holds is what its layout says.
function answer<T>(request: IDBRequest<any>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
