import type { Clock } from "../../platform/Clock.ts";

/** The same JSON with one or a few things in it changed, as a server that lies or is sick would. */
export function mangle<T>(value: T, random: Clock): unknown {
  const copy = structuredClone({ value }) as { value: unknown };
  const places = placesIn(copy);
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const place = places[below(random, places.length)];
    if (place === undefined) continue;
    const [holder, key] = place;
    if (below(random, 6) === 0) delete holder[key];
    else holder[key] = lie(holder[key], random);
  }
  return copy.value;
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown): [Holder, string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key): [Holder, string][] => [
    [holder, key],
    ...placesIn(holder[key]),
  ]);
}

function lie(truth: unknown, random: Clock): unknown {
  const lies: unknown[] = [
    ...[null, true, -1, 1e300, "", "é\ud800", "A".repeat(70_000), [], {}, [truth], { x: truth }],
    ...[typeof truth === "string" ? flipped(truth, random) : truth, { __proto__: 1, toString: 2 }],
  ];
  return lies[below(random, lies.length)];
}

function flipped(text: string, random: Clock): string {
  const at = below(random, text.length);
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

function below(random: Clock, end: number): number {
  return Math.floor(random.random() * end);
}
