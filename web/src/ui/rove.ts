import type { KeyboardEvent } from "react";

/**
 * Moves the focus among the controls inside an element with the arrow keys, Home and End, so that
 * the whole takes one stop of the Tab key. Mark each control with `data-rove`, and give all but
 * one `tabIndex={-1}`.
 */
export function rove(event: KeyboardEvent<HTMLElement>, isHorizontal = false): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-rove]")]
    .filter((control) => control.offsetParent !== null);
  const at = all.indexOf((event.target as HTMLElement).closest("[data-rove]") as HTMLElement);
  if (at < 0) return;
  const to = roveTo(event.key, at, all.length, isHorizontal);
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

/** The place a key moves to among `count`; undefined when it moves nowhere. */
export function roveTo(
  key: string,
  at: number,
  count: number,
  isHorizontal: boolean,
): number | undefined {
  switch (key) {
    case isHorizontal ? "ArrowRight" : "ArrowDown":
      return Math.min(count - 1, at + 1);
    case isHorizontal ? "ArrowLeft" : "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
