import type { KeyboardEvent } from "react";

/** Arrow keys move from message to message; Esc goes back to the composer. */
export function moveAmongRows(
  event: KeyboardEvent,
  scroller: HTMLElement | null | undefined,
  leave: () => void,
): void {
  if (!scroller || event.defaultPrevented) return;
  if (event.key === "Escape") {
    leave();
    return;
  }
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const target = event.target as HTMLElement;
  if (target !== scroller && !target.matches("[data-row]")) return;
  event.preventDefault();
  const rows = [...scroller.querySelectorAll<HTMLElement>("[data-row][tabindex]")];
  const next = target === scroller
    ? lastInSight(rows, scroller)
    : rows[rows.indexOf(target) + (event.key === "ArrowUp" ? -1 : 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function lastInSight(
  rows: readonly HTMLElement[],
  scroller: HTMLElement,
): HTMLElement | undefined {
  const { bottom } = scroller.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1) ??
    rows[rows.length - 1];
}
