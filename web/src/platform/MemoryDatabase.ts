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

type Row = { readonly key: Key; readonly record: unknown };
type Rows = readonly Row[];
type Tables = ReadonlyMap<string, Rows>;

/**
 * A database for tests, with the manners of IndexedDB: copies go in and out, what is thrown undoes
 * all, and writers wait for each other.
 */
export class MemoryDatabase<S> implements Database<S> {
  #tables: Tables;
  #writing: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(private readonly layout: Layout<S>) {
    this.#tables = new Map(Object.keys(layout).map((name) => [name, []]));
  }

  async read<T>(
    _stores: readonly (keyof S)[],
    work: (tx: Transaction<S>) => Promise<T>,
  ): Promise<T> {
    this.#refuseIfClosed();
    await this.#writing;
    return await work(new MemoryTransaction<S>(this.layout, new Map(this.#tables)));
  }

  write<T>(_stores: readonly (keyof S)[], work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    const run = async () => {
      this.#refuseIfClosed();
      const tables = new Map(this.#tables);
      const result = await work(new MemoryTransaction<S>(this.layout, tables));
      this.#refuseIfClosed();
      this.#tables = tables;
      return result;
    };
    const done = this.#writing.then(run);
    this.#writing = done.catch(() => {});
    return done;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The same data, opened again, as after a crash. */
  reopened(): MemoryDatabase<S> {
    const copy = new MemoryDatabase<S>(this.layout);
    copy.#tables = this.#tables;
    return copy;
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new DOMException("The database is closed", "InvalidStateError");
  }
}

class MemoryTransaction<S> implements Transaction<S> {
  constructor(
    private readonly layout: Layout<S>,
    private readonly tables: Map<string, Rows>,
  ) {}

  get<N extends keyof S>(store: N, key: Key): Promise<S[N] | undefined> {
    return this.#first(store, (row) => compareKeys(row.key, key) === 0);
  }

  getBy<N extends keyof S>(store: N, index: string, key: Key): Promise<S[N] | undefined> {
    return this.getAll(store, { lower: key, upper: key }, { index, limit: 1 })
      .then((found) => found[0]);
  }

  getAll<N extends keyof S>(
    store: N,
    range?: KeyRange,
    { index, limit }: ReadOptions = {},
  ): Promise<S[N][]> {
    const rows = index === undefined ? this.#rows(store) : this.#indexed(store, index);
    if (range !== undefined) refuseIfEmpty(range);
    const found = range === undefined ? rows : rows.filter((row) => isWithin(row.key, range));
    const some = limit === undefined ? found : found.slice(0, limit);
    return Promise.resolve(some.map((row) => structuredClone(row.record) as S[N]));
  }

  count<N extends keyof S>(store: N, range: KeyRange, index?: string): Promise<number> {
    refuseIfEmpty(range);
    const rows = index === undefined ? this.#rows(store) : this.#indexed(store, index);
    return Promise.resolve(rows.filter((row) => isWithin(row.key, range)).length);
  }

  put<N extends keyof S>(store: N, record: S[N]): void {
    const { key: path } = this.layout[store] as StoreLayout;
    const key = keyOf(record, path);
    if (key === undefined) throw new DOMException("The record has no key", "DataError");
    const row: Row = { key, record: structuredClone(record) };
    const rows = [...this.#rows(store)];
    const index = rows.findIndex((other) => compareKeys(other.key, key) >= 0);
    if (index < 0) rows.push(row);
    else rows.splice(index, compareKeys(rows[index]?.key ?? key, key) === 0 ? 1 : 0, row);
    this.tables.set(store as string, rows);
  }

  delete<N extends keyof S>(store: N, key: Key | KeyRange): void {
    const range = isRange(key) ? key : { lower: key, upper: key };
    refuseIfEmpty(range);
    this.tables.set(
      store as string,
      this.#rows(store).filter((row) => !isWithin(row.key, range)),
    );
  }

  #first<N extends keyof S>(store: N, test: (row: Row) => boolean): Promise<S[N] | undefined> {
    const row = this.#rows(store).find(test);
    return Promise.resolve(row && structuredClone(row.record) as S[N]);
  }

  #rows(store: keyof S): Rows {
    return this.tables.get(store as string) ?? [];
  }

  #indexed(store: keyof S, index: string): Rows {
    const { indexes = {} } = this.layout[store] as StoreLayout;
    const fields = indexes[index];
    if (fields === undefined) throw new DOMException(`No index ${index}`, "NotFoundError");
    const rows = this.#rows(store).flatMap(({ record }) => {
      const key = keyOf(record, fields);
      return key === undefined ? [] : [{ key, record }];
    });
    return rows.sort((a, b) => compareKeys(a.key, b.key));
  }
}

function keyOf(record: unknown, path: string | readonly string[]): Key | undefined {
  if (typeof path === "string") {
    const value = (record as Record<string, unknown>)[path];
    return typeof value === "string" || typeof value === "number" ? value : undefined;
  }
  const parts = path.map((field) => keyOf(record, field));
  return parts.includes(undefined) ? undefined : parts as Key[];
}

function refuseIfEmpty({ lower, upper }: KeyRange): void {
  if (compareKeys(lower, upper) > 0) throw new DOMException("The range is empty", "DataError");
}

function isWithin(key: Key, { lower, upper }: KeyRange): boolean {
  return compareKeys(key, lower) >= 0 && compareKeys(key, upper) <= 0;
}

/** IndexedDB's order: numbers, then strings, then arrays. */
export function compareKeys(a: Key, b: Key): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === "object" && typeof b === "object") {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const step = compareKeys(a[index] ?? 0, b[index] ?? 0);
      if (step !== 0) return step;
    }
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(key: Key): number {
  return typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2;
}
