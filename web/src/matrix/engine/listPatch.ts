/**
 * How a list has changed: what stays at both ends, and what is between.
 *
 * Of the entries between, those that the other side has already are named by their key alone.
 */
export type ListPatch<T> = {
  readonly head: number;
  readonly tail: number;
  readonly middle: readonly (string | { readonly entry: T })[];
};

/** Compares by identity: equal entries must be the same objects. Keys are unique in a list. */
export function diffList<T>(
  old: readonly T[],
  next: readonly T[],
  key: (entry: T) => string,
): ListPatch<T> {
  const most = Math.min(old.length, next.length);
  let head = 0;
  while (head < most && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === next[next.length - 1 - tail]) {
    tail += 1;
  }
  const known = new Set(old);
  const middle = next.slice(head, next.length - tail)
    .map((entry) => known.has(entry) ? key(entry) : { entry });
  return { head, tail, middle };
}

/** - Throws: `RangeError` when the patch was made for another list. */
export function applyList<T>(
  old: readonly T[],
  { head, tail, middle }: ListPatch<T>,
  key: (entry: T) => string,
): readonly T[] {
  if (head + tail > old.length) throw new RangeError("The patch is for a longer list");
  const byKey = new Map(old.map((entry) => [key(entry), entry]));
  const between = middle.map((part) => {
    if (typeof part !== "string") return part.entry;
    const entry = byKey.get(part);
    if (entry === undefined) throw new RangeError("The patch is for another list");
    return entry;
  });
  return [...old.slice(0, head), ...between, ...old.slice(old.length - tail)];
}
