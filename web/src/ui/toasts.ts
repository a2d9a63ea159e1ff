import { Value } from "./Value.ts";

export type Toast = {
  readonly id: number;
  readonly text: string;
  readonly kind: "done" | "problem";
};

/** How long a toast stays, in milliseconds: long enough to be read twice. */
const STAY_MS = 6000;

/** Short notes at the bottom of the page, which go by themselves. */
export class Toasts {
  readonly all = new Value<readonly Toast[]>([]);
  #last = 0;

  constructor(private readonly wait: (ms: number, then: () => void) => void = later) {}

  readonly show = (text: string, kind: Toast["kind"] = "done"): void => {
    const id = ++this.#last;
    this.all.update((
      toasts,
    ) => [...toasts.filter((toast) => toast.text !== text), { id, text, kind }]);
    this.wait(STAY_MS, () => this.dismiss(id));
  };

  readonly dismiss = (id: number): void => {
    this.all.update((toasts) => toasts.filter((toast) => toast.id !== id));
  };
}

function later(ms: number, then: () => void): void {
  setTimeout(then, ms);
}
