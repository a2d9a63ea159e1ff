import { address, type Navigator, parseAddress, type Route } from "../parts/routes.ts";
import { Value } from "../ui/Value.ts";

/** What the navigator needs of a browser's window. */
export interface Page {
  readonly location: { readonly hash: string };
  readonly history: {
    readonly state: unknown;
    pushState(state: unknown, unused: string, url: string): void;
    replaceState(state: unknown, unused: string, url: string): void;
    back(): void;
  };
  addEventListener(type: "popstate" | "hashchange", listener: () => void): void;
}

/** Kept with each entry of the history: where one came from, if from a screen of the client. */
type Step = { readonly from?: string };

/** Keeps the route and the browser's history in step. */
export class BrowserNavigator implements Navigator {
  readonly route: Value<Route>;

  constructor(private readonly page: Page) {
    this.route = new Value(parseAddress(page.location.hash));
    const read = () => this.#show(parseAddress(page.location.hash));
    page.addEventListener("popstate", read);
    page.addEventListener("hashchange", read);
  }

  go(route: Route): void {
    const from = address(this.route.get());
    const to = address(route);
    if (to === from) return;
    this.page.history.pushState({ from } satisfies Step, "", to);
    this.#show(route);
  }

  replace(route: Route): void {
    this.page.history.replaceState(this.page.history.state, "", address(route));
    this.#show(route);
  }

  back(otherwise: Route): void {
    if (this.#from === undefined) this.replace(otherwise);
    else this.page.history.back();
  }

  /** Back if that leads to `route`, so that the history does not fill; else there, in place. */
  leaveTo(route: Route): void {
    if (this.#from === address(route)) this.page.history.back();
    else this.replace(route);
  }

  get #from(): string | undefined {
    return (this.page.history.state as Step | null)?.from;
  }

  #show(route: Route): void {
    if (address(route) !== address(this.route.get())) this.route.set(route);
  }
}
