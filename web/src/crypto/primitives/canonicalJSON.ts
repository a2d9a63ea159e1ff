import { CryptoError } from "./CryptoError.ts";

/** How deep objects and arrays may be nested in what is signed. */
const maxDepth = 100;

/**
 * The one spelling of a JSON value: keys in the order of their code points, no spaces.
 *
 * - Throws: `BAD_FORMAT` for what has no such spelling: fractions, integers beyond ±(2^53 − 1),
 *   halves of surrogate pairs, values that are not JSON, and more than 100 levels.
 * - Spec: [Canonical JSON](https://spec.matrix.org/v1.19/appendices/#canonical-json)
 */
export function canonicalJSON(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > maxDepth) throw bad("nested too deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw bad("a number that is not an exact integer");
    return String(value + 0 === 0 ? 0 : value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((entry) => write(entry, depth + 1)).join(",")}]`;
  }
  if (typeof value !== "object") throw bad("not JSON");
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, member]) => `${text(key)}:${write(member, depth + 1)}`);
  return `{${members.join(",")}}`;
}

function text(value: string): string {
  if (!value.isWellFormed()) throw bad("half a surrogate pair");
  // The browser escapes exactly what the grammar asks to be escaped, in the same way.
  return JSON.stringify(value);
}

/** UTF-16 would sort what lies beyond U+FFFF, written as surrogates, before U+E000. */
function compareCodePoints(a: string, b: string): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function bad(what: string): CryptoError {
  return new CryptoError("BAD_FORMAT", what);
}
