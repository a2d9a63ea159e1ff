import { Value } from "./Value.ts";
import { Toasts } from "./toasts.ts";
import { placement } from "./place.ts";

Deno.test("Setting the same value tells nobody", () => {
  const value = new Value(1);
  let told = 0;
  const stop = value.subscribe(() => told++);
  value.set(1);
  value.set(2);
  stop();
  value.set(3);
  if (told !== 1) throw new Error(`told ${told} times`);
});

Deno.test("A toast goes by itself, and the same text is not shown twice", () => {
  const waiting: (() => void)[] = [];
  const toasts = new Toasts((_ms, then) => waiting.push(then));
  toasts.show("Lien copié");
  toasts.show("Lien copié");
  if (toasts.all.get().length !== 1) throw new Error("shown twice");
  for (const then of waiting) then();
  if (toasts.all.get().length !== 0) throw new Error("still there");
});

Deno.test("A menu opens above when there is no room below, and never off the page", () => {
  const page = { width: 400, height: 600 };
  const own = { width: 200, height: 300 };
  const low = placement({ left: 380, top: 560, right: 396, bottom: 580 }, own, page);
  if (low.top !== 256 || low.left !== 192) throw new Error(JSON.stringify(low));
  const high = placement({ left: 10, top: 10, right: 30, bottom: 30 }, own, page);
  if (high.top !== 34 || high.left !== 10) throw new Error(JSON.stringify(high));
});
