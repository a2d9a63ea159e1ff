/**
 * What the engine needs of a database: a small part of IndexedDB, so that tests can run on memory.
 *
 * Keys are strings, numbers and arrays of them, in IndexedDB's order: numbers, then strings, then
 * arrays, these compared entry by entry.
 */
export type Key = number | string | readonly Key[];

/** From `lower` to `upper`, both included. */
export type KeyRange = { readonly lower: Key; readonly upper: Key };

/** How a store is laid out. `key` and the fields of each index are paths of one step. */
export type StoreLayout = {
  readonly key: string | readonly string[];
  /** By name: the fields that make its key. A record that lacks one is not in that index. */
  readonly indexes?: { readonly [name: string]: readonly string[] };
  /**
   * What is in it exists nowhere else: a new version changes its indexes and never empties it. Its
   * key cannot change.
   */
  readonly isIrreplaceable?: true;
};

export type Layout<S> = { readonly [Name in keyof S]: StoreLayout };

export type ReadOptions = { readonly index?: string; readonly limit?: number };

/**
 * One database transaction. It ends by itself when nothing is asked of it any more: never await
 * anything but its own answers inside.
 */
export interface Transaction<S> {
  get<N extends keyof S>(store: N, key: Key): Promise<S[N] | undefined>;
  getBy<N extends keyof S>(store: N, index: string, key: Key): Promise<S[N] | undefined>;
  /** In the order of the key, or of the index's. */
  getAll<N extends keyof S>(store: N, range?: KeyRange, options?: ReadOptions): Promise<S[N][]>;
  count<N extends keyof S>(store: N, range: KeyRange, index?: string): Promise<number>;
  put<N extends keyof S>(store: N, record: S[N]): void;
  delete<N extends keyof S>(store: N, key: Key | KeyRange): void;
}

export interface Database<S> {
  /** Runs `work` on a consistent view of `stores`. */
  read<T>(stores: readonly (keyof S)[], work: (tx: Transaction<S>) => Promise<T>): Promise<T>;
  /**
   * Runs `work` and commits all of it, or, when it throws, none of it. Resolves after the commit.
   * Write transactions on the same store run one after the other.
   */
  write<T>(stores: readonly (keyof S)[], work: (tx: Transaction<S>) => Promise<T>): Promise<T>;
  close(): void;
}

/** All keys that begin with `prefix`: `[roomID]` covers `[roomID, …]`. */
export function startingWith(...prefix: Key[]): KeyRange {
  // An array is greater than any number or string, and [] is the least of arrays.
  return { lower: prefix, upper: [...prefix, []] };
}

export function isRange(key: Key | KeyRange): key is KeyRange {
  return typeof key === "object" && "lower" in key;
}
