import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from "react";

/** How many rows are drawn beyond what is in sight, on each side. */
const BEYOND = 8;

/** Up to this many rows are all drawn: short lists need no window. */
const ALL = 60;

type Props<T> = {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly label: string;
  /** Draws one row, inside a list item. All must have the same height. */
  readonly draw: (row: T) => ReactNode;
};

/** A list of rows of one height, of which only those in sight are drawn when there are many. */
export function UniformList<T>({ rows, keyOf, label, draw }: Props<T>) {
  const ref = useRef<HTMLUListElement>(null);
  const [sight, setSight] = useState({ first: 0, count: ALL, height: 56 });
  const isWindowed = rows.length > ALL;

  const look = useCallback(() => {
    const list = ref.current;
    const frame = list?.closest<HTMLElement>(".scrolls");
    if (!list || !frame) return;
    const height = list.querySelector("li")?.offsetHeight ?? 0;
    if (height === 0) return;
    const above = frame.getBoundingClientRect().top - list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / height) - BEYOND);
    const count = Math.ceil(frame.clientHeight / height) + 2 * BEYOND;
    setSight((old) =>
      old.first === first && old.count === count && old.height === height
        ? old
        : { first, count, height }
    );
  }, []);

  useLayoutEffect(() => {
    const frame = ref.current?.closest<HTMLElement>(".scrolls");
    if (!isWindowed || !frame) return;
    look();
    frame.addEventListener("scroll", look, { passive: true });
    const watcher = new ResizeObserver(look);
    watcher.observe(frame);
    return () => {
      frame.removeEventListener("scroll", look);
      watcher.disconnect();
    };
  }, [isWindowed, look]);

  const first = isWindowed ? Math.min(sight.first, Math.max(0, rows.length - sight.count)) : 0;
  const drawn = isWindowed ? rows.slice(first, first + sight.count) : rows;
  const above = first * sight.height;
  const below = (rows.length - first - drawn.length) * sight.height;
  return (
    <ul
      ref={ref}
      aria-label={label}
      style={isWindowed ? { paddingTop: above, paddingBottom: below } : undefined}
    >
      {drawn.map((row, index) => (
        <li key={keyOf(row)} aria-setsize={rows.length} aria-posinset={first + index + 1}>
          {draw(row)}
        </li>
      ))}
    </ul>
  );
}
