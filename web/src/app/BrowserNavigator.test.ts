import { BrowserNavigator, type Page } from "./BrowserNavigator.ts";
import type { Route } from "../parts/routes.ts";

/** A history as browsers have it. */
class MemoryPage implements Page {
  readonly entries: { state: unknown; hash: string }[];
  at = 0;
  readonly #listeners: (() => void)[] = [];
  constructor(hash = "") {
    this.entries = [{ state: null, hash }];
  }
  get location() {
    return { hash: this.entries[this.at]?.hash ?? "" };
  }
  get history() {
    return {
      state: this.entries[this.at]?.state,
      pushState: (state: unknown, _unused: string, hash: string) => {
        this.entries.splice(this.at + 1, Infinity, { state, hash });
        this.at++;
      },
      replaceState: (state: unknown, _unused: string, hash: string) => {
        this.entries[this.at] = { state, hash };
      },
      back: () => {
        this.at = Math.max(0, this.at - 1);
        for (const listener of this.#listeners) listener();
      },
    };
  }
  addEventListener(_type: string, listener: () => void): void {
    this.#listeners.push(listener);
  }
}

const presse: Route = { screen: "room", roomID: "!presse" };
const members: Route = { ...presse, panel: { kind: "members" } };

function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

Deno.test("The first route is that of the address", () => {
  expect(new BrowserNavigator(new MemoryPage("#/salon/!presse")).route.get(), presse);
});

Deno.test("Going back returns to where one came from, or leads home from outside", () => {
  const page = new MemoryPage("#/salon/!presse");
  const navigator = new BrowserNavigator(page);
  navigator.back({ screen: "home" });
  expect(navigator.route.get(), { screen: "home" });
  expect(page.entries.length, 1);
  navigator.go(presse);
  navigator.back({ screen: "settings" });
  expect(navigator.route.get(), { screen: "home" });
});

Deno.test("Closing a panel does not fill the history", () => {
  const page = new MemoryPage();
  const navigator = new BrowserNavigator(page);
  navigator.go(presse);
  navigator.go(members);
  navigator.leaveTo(presse);
  expect([navigator.route.get(), page.at], [presse, 1]);
  navigator.go({ screen: "settings" });
  navigator.leaveTo(presse);
  expect([navigator.route.get(), page.at], [presse, 1]);
});

Deno.test("Going where one already is adds nothing", () => {
  const page = new MemoryPage();
  const navigator = new BrowserNavigator(page);
  navigator.go({ screen: "home" });
  expect(page.entries.length, 1);
});
