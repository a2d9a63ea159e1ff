import { isEqual } from "./equal.ts";

/** For tests: fails unless both say the same. */
export function assertEquals(actual: unknown, expected: unknown, about = ""): void {
  if (isEqual(actual, expected)) return;
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value, plain, 2));
  throw new Error(`${about}\nis     ${is}\nshould ${should}`);
}

export function assert(condition: boolean, about: string): asserts condition {
  if (!condition) throw new Error(about);
}

export async function assertRejects(promise: Promise<unknown>, code: string): Promise<void> {
  try {
    await promise;
  } catch (error) {
    const found = (error as { code?: unknown }).code ?? String(error);
    return assertEquals(found, code);
  }
  throw new Error(`did not fail with ${code}`);
}

function plain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
