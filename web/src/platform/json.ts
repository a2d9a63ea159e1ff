/**
 * Reading JSON that others wrote, where any field may hold anything.
 *
 * Each function gives the value when it is there and of the type asked for, and undefined
 * otherwise. Only own properties count: `__proto__` and `constructor` are names like any other.
 * What is read from here goes into a `Map` when the key is not ours.
 */
export type JsonObject = { readonly [key: string]: unknown };

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : undefined;
}

export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** - Spec: integers are within ±(2^53 − 1). */
export function asInteger(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? value as number : undefined;
}

/** The property `key` of whatever this is. */
export function field(value: unknown, key: string): unknown {
  const object = asObject(value);
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function objectIn(value: unknown, key: string): JsonObject | undefined {
  return asObject(field(value, key));
}

export function stringIn(value: unknown, key: string): string | undefined {
  return asString(field(value, key));
}

export function integerIn(value: unknown, key: string): number | undefined {
  return asInteger(field(value, key));
}

export function booleanIn(value: unknown, key: string): boolean | undefined {
  const found = field(value, key);
  return typeof found === "boolean" ? found : undefined;
}

/** Empty when there is none. */
export function arrayIn(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

/** The strings among its entries. */
export function stringsIn(value: unknown, key: string): readonly string[] {
  return arrayIn(value, key).filter((entry) => typeof entry === "string");
}

/** Its own properties, as pairs. Empty when there is none. */
export function entriesIn(value: unknown, key: string): readonly (readonly [string, unknown])[] {
  const found = objectIn(value, key);
  return found === undefined ? [] : Object.entries(found);
}

/** `{ [key]: value }`, or nothing when the value is undefined; for objects with optional fields. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: V };
}
