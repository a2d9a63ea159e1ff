/** Whether two plain values (objects, arrays, maps, primitives) say the same. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
      a.every((entry, index) => isEqual(entry, b[index]));
  }
  if (a instanceof Map || b instanceof Map) {
    return a instanceof Map && b instanceof Map && a.size === b.size &&
      [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key)));
  }
  if (a instanceof Blob || b instanceof Blob) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) &&
      isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    );
}

/** `next`, but `old` itself when it says the same: those who compare by identity see no change. */
export function reuse<T>(old: T, next: T): T {
  return isEqual(old, next) ? old : next;
}

/** `next`, with each entry that `old` had under the same key reused when it says the same. */
export function reuseList<T>(
  old: readonly T[],
  next: readonly T[],
  key: (entry: T) => string,
): readonly T[] {
  const before = new Map(old.map((entry) => [key(entry), entry]));
  const mixed = next.map((entry) => {
    const known = before.get(key(entry));
    return known !== undefined && isEqual(known, entry) ? known : entry;
  });
  const isSame = mixed.length === old.length &&
    mixed.every((entry, index) => entry === old[index]);
  return isSame ? old : mixed;
}
