import type { Database, Key, KeyRange, Layout } from "../src/platform/Database.ts";
import { startingWith } from "../src/platform/Database.ts";
import { isEqual } from "../src/platform/equal.ts";
import { deleteDatabase, openDatabase } from "../src/platform/IndexedDatabase.ts";
import { ManualClock } from "../src/platform/ManualClock.ts";
import { MemoryDatabase } from "../src/platform/MemoryDatabase.ts";

type Row = { readonly room: string; readonly index: number; readonly id?: string };
type Stores = { rows: Row; names: { readonly name: string; readonly value: number } };

const layout: Layout<Stores> = {
  rows: { key: ["room", "index"], indexes: { byID: ["room", "id"] } },
  names: { key: "name" },
};

/**
 * Does the same at random to a database in memory and to one of the browser. What the tests of the
 * engine rest on is only as good as what this finds.
 *
 * Returns how much was compared. Throws at the first difference.
 */
export async function checkDatabases(seed: number): Promise<number> {
  await deleteDatabase("check");
  const random = new ManualClock(0, seed);
  const below = (end: number) => Math.floor(random.random() * end);
  const memory: Database<Stores> = new MemoryDatabase<Stores>(layout);
  let browser = await openDatabase("check", 1, layout);
  let compared = 0;
  for (let step = 0; step < 150; step++) {
    const key: Key = [`r${below(3)}`, below(12) - 6];
    const ranges: readonly KeyRange[] = [
      startingWith(`r${below(3)}`),
      { lower: key, upper: [`r${below(3)}`, below(12) - 6] },
      { lower: -Infinity, upper: [[]] },
    ];
    const range = ranges[below(3)] ?? { lower: 0, upper: 1 };
    const kind = below(10);
    const outcomes = await Promise.all([memory, browser].map(async (database) => {
      try {
        return await act(database, kind, key, range, step);
      } catch (error) {
        return error instanceof DOMException ? error.name : String(error);
      }
    }));
    if (!isEqual(outcomes[0], outcomes[1])) {
      throw new Error(
        `seed ${seed}, step ${step}: ${JSON.stringify([kind, key, range, outcomes])}`,
      );
    }
    compared += 1;
    if (kind === 9) {
      browser.close();
      browser = await openDatabase("check", 1, layout);
    }
  }
  browser.close();
  // Another layout empties what differs, and keeps the rest.
  const changed = await openDatabase("check", 2, { ...layout, rows: { key: "id" } });
  const left = await changed.read(
    ["rows", "names"],
    (tx) => Promise.all([tx.getAll("rows"), tx.getAll("names")]),
  );
  const names = await memory.read(["names"], (tx) => tx.getAll("names"));
  if (!isEqual(left, [[], names])) throw new Error(`after the upgrade: ${JSON.stringify(left)}`);
  changed.close();
  await deleteDatabase("check");
  return compared;
}

async function act(
  database: Database<Stores>,
  kind: number,
  key: readonly Key[],
  range: KeyRange,
  step: number,
): Promise<unknown> {
  const [room, index] = [String(key[0]), Number(key[1])];
  switch (kind) {
    case 0:
    case 1:
    case 2:
      return await database.write(["rows", "names"], async (tx) => {
        tx.put("rows", { room, index, ...(step % 3 === 0 ? {} : { id: `$${step % 7}` }) });
        tx.put("names", { name: room, value: step });
        // What is written is seen at once within.
        return await tx.get("rows", key);
      });
    case 3:
      return await database.write(["rows"], (tx) => Promise.resolve(tx.delete("rows", key)));
    case 4:
      // The whole is undone.
      return await database.write(["rows"], async (tx) => {
        tx.delete("rows", { lower: -Infinity, upper: [[]] });
        await tx.count("rows", range);
        throw new Error("undone");
      });
    case 5:
      return await database.read(["rows"], (tx) => tx.getAll("rows", range, { limit: 5 }));
    case 6:
      return await database.read(["rows"], (tx) => tx.getBy("rows", "byID", [room, "$1"]));
    case 7:
      return await database.read(
        ["rows"],
        (tx) => tx.getAll("rows", startingWith(room), { index: "byID" }),
      );
    case 8:
      return await database.read(["rows"], (tx) => tx.count("rows", startingWith(room), "byID"));
    default:
      return await database.read(["rows"], (tx) => tx.getAll("rows"));
  }
}

/** A new version keeps what exists nowhere else, and empties what differs otherwise. */
export async function checkUpgrade(): Promise<void> {
  await deleteDatabase("upgrade");
  type Both = { kept: { id: string; x: number }; other: { id: string; x: number } };
  const kept = { key: "id", isIrreplaceable: true } as const;
  const first = await openDatabase<Both>("upgrade", 1, {
    kept: { ...kept, indexes: { old: ["id", "x"] } },
    other: { key: "id" },
  });
  await first.write(["kept", "other"], (tx) => {
    tx.put("kept", { id: "a", x: 1 });
    tx.put("other", { id: "a", x: 1 });
    return Promise.resolve();
  });
  first.close();
  const second = await openDatabase<Both>("upgrade", 2, {
    kept: { ...kept, indexes: { byX: ["x"] } },
    other: { key: "x" },
  });
  const found = await second.read(["kept", "other"], (tx) => {
    return Promise.all([tx.getBy("kept", "byX", [1]), tx.getAll("other")]);
  });
  second.close();
  if (!isEqual(found, [{ id: "a", x: 1 }, []])) throw new Error(JSON.stringify(found));
  const refused = await openDatabase<Both>("upgrade", 3, {
    kept: { ...kept, key: "x" },
    other: { key: "x" },
  }).then(() => false, () => true);
  if (!refused) throw new Error("the key of an irreplaceable store was changed");
  const third = await openDatabase<Both>("upgrade", 2, { kept, other: { key: "x" } });
  if ((await third.read(["kept"], (tx) => tx.getAll("kept"))).length !== 1) throw new Error("lost");
  third.close();
}
