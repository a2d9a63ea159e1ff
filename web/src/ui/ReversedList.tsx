import {
  Fragment,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
} from "react";
import { ListWindow } from "./ListWindow.ts";

/** How far beyond what is in sight rows are drawn, in CSS pixels. */
const MARGIN = 700;

/** How near to an edge of the list more is asked for. */
const NEAR = 1400;

/** Within this distance of the end, the list stays at its end when it grows. */
const AT_END = 24;

/** How often in a row drawing may show that other rows are needed. */
const MAX_TURNS = 12;

export type ListPosition = {
  readonly isAtEnd: boolean;
  /** The last row of which the lower edge is in sight. */
  readonly lastKey: string | undefined;
};

export type ListHandle = {
  /** Brings a row into sight, at this share of the height from above: 0.5 is the middle. */
  showRow(key: string, share: number): void;
  showEnd(): void;
  /** Whether a row lies further from the end than what can be seen. */
  isBeyond(key: string): boolean;
  element(): HTMLElement | null;
};

type Props<T> = {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly guess: (row: T, width: number) => number;
  /**
   * Draws one row, as one element with `data-row` set to its key. A row with `data-loose` gives way
   * when others come in beside it: it is never the one that is held in its place.
   */
  readonly draw: (row: T) => ReactNode;
  readonly label: string;
  readonly onNearStart: () => void;
  readonly onNearEnd: () => void;
  readonly onPosition: (position: ListPosition) => void;
  readonly handle: Ref<ListHandle>;
};

/**
 * The row that stays where it is: its lower edge is `rise` above the lower edge of what is seen
 * while the scroller is at `scrollTop`. What the reader scrolls since then is no drift.
 */
type Anchor = { readonly key: string; readonly rise: number; readonly scrollTop: number };

type Target = { readonly key: string; readonly share: number };

/**
 * A long list that is read from its end, of which only what is in sight is drawn.
 *
 * The scroller counts from its lower end (`column-reverse`), so older rows come in above without
 * anything moving. When something below or within what is seen changes its height, the first row
 * in sight is held where it is, unless the list is at its end: then it stays there.
 */
export function ReversedList<T>(props: Props<T>) {
  const { rows, keyOf, guess, draw, label } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const list = useRef(new ListWindow()).current;
  const latest = useRef(props);
  latest.current = props;
  const place = useRef({
    isAtEnd: true,
    wantsEnd: false,
    anchor: undefined as Anchor | undefined,
    target: undefined as Target | undefined,
    height: 800,
    width: 600,
    drawn: { start: 0, end: 0 },
    lastKey: undefined as string | undefined,
    hadFocus: false,
    turns: 0,
  }).current;

  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  list.setRows(keys, (index) => {
    const row = rows[index];
    return row === undefined ? 0 : guess(row, place.width);
  });
  const range = list.range(distanceFromEnd(list, place), place.height, MARGIN);
  place.drawn = range;

  /** Measures what is drawn, and puts it where it belongs. */
  const settle = useCallback(() => {
    const frame = scroller.current;
    const body = content.current;
    if (frame === null || body === null) return;
    place.height = frame.clientHeight;
    if (place.width !== frame.clientWidth) {
      place.width = frame.clientWidth;
      list.forget();
      redraw();
    }
    for (const row of rowsIn(body)) list.measure(row.dataset.row ?? "", heightOf(row));
    put(frame, body, place);
    observe();
  }, []);

  /** Notes where the reader is now, and draws other rows if need be. */
  const observe = useCallback(() => {
    const frame = scroller.current;
    const body = content.current;
    if (frame === null || body === null || frame.clientHeight === 0) return;
    const end = -frame.scrollTop;
    place.isAtEnd = end <= AT_END;
    const sight = inSight(frame, body);
    place.anchor = sight.anchor;
    place.lastKey = sight.lastKey;
    const { start, end: stop } = list.range(end, place.height, MARGIN / 2);
    const isCovered = start >= place.drawn.start && stop <= place.drawn.end;
    // Each turn measures more rows and comes nearer; it must end whatever the rows do meanwhile.
    if (isCovered) place.turns = 0;
    else if (place.turns++ < MAX_TURNS) redraw();
    const { onNearStart, onNearEnd, onPosition } = latest.current;
    if (list.height - end - place.height < NEAR) onNearStart();
    if (end < NEAR) onNearEnd();
    onPosition({ isAtEnd: place.isAtEnd, lastKey: place.lastKey });
  }, []);

  const scrolled = useCallback(() => {
    place.turns = 0;
    observe();
  }, []);

  useLayoutEffect(settle);

  useEffect(() => {
    const frame = scroller.current;
    const body = content.current;
    if (frame === null || body === null) return;
    const watcher = new ResizeObserver(settle);
    watcher.observe(frame);
    watcher.observe(body);
    return () => watcher.disconnect();
  }, []);

  useKeptFocus(scroller, place);

  useImperativeHandle(props.handle, () => ({
    showRow(key, share) {
      place.target = { key, share };
      place.isAtEnd = false;
      redraw();
    },
    showEnd() {
      place.target = undefined;
      place.isAtEnd = true;
      place.wantsEnd = true;
      redraw();
    },
    isBeyond(key) {
      const index = list.indexOf(key);
      return index !== undefined && list.from(index) > place.height;
    },
    element: () => scroller.current,
  }), []);

  return (
    <div ref={scroller} className="reversed scrolls" onScroll={scrolled} tabIndex={-1}>
      <ol
        ref={content}
        className="reversed-rows"
        aria-label={label}
        style={{
          paddingTop: list.before(range.start),
          paddingBottom: list.from(range.end),
        }}
      >
        {rows.slice(range.start, range.end).map((row) => (
          <Fragment key={keyOf(row)}>{draw(row)}</Fragment>
        ))}
      </ol>
    </div>
  );
}

type Place = {
  isAtEnd: boolean;
  /** The end was asked for, and has not been gone to yet. */
  wantsEnd: boolean;
  anchor: Anchor | undefined;
  target: Target | undefined;
  height: number;
};

/** Where the lower edge of what is seen will be, before anything is drawn. */
function distanceFromEnd(list: ListWindow, place: Place): number {
  const { target, anchor } = place;
  const wanted = target === undefined ? undefined : list.indexOf(target.key);
  if (target !== undefined && wanted !== undefined) {
    return Math.max(0, list.from(wanted) - place.height * (1 - target.share));
  }
  if (place.isAtEnd || anchor === undefined) return 0;
  const index = list.indexOf(anchor.key);
  const end = index === undefined ? 0 : list.from(index + 1) - anchor.rise;
  return Math.max(0, Math.min(end, list.height - place.height));
}

/** Scrolls so that the target, the end or the anchor is where it belongs. */
function put(frame: HTMLElement, body: HTMLElement, place: Place): void {
  const { target, anchor } = place;
  const edges = frame.getBoundingClientRect();
  const wanted = target && rowOf(body, target.key);
  if (target && wanted) {
    const row = wanted.getBoundingClientRect();
    const middle = row.top + Math.min(row.height, edges.height) / 2;
    frame.scrollTop += middle - (edges.top + edges.height * target.share);
    place.target = undefined;
    return;
  }
  if (place.wantsEnd) {
    place.wantsEnd = false;
    frame.scrollTop = 0;
    return;
  }
  // At the end the scroller stays there by itself, since that is where it counts from.
  if (place.isAtEnd) return;
  const row = anchor && rowOf(body, anchor.key);
  if (!anchor || !row) return;
  const wantedRise = anchor.rise + frame.scrollTop - anchor.scrollTop;
  const drift = edges.bottom - row.getBoundingClientRect().bottom - wantedRise;
  if (Math.abs(drift) >= 0.5) frame.scrollTop -= drift;
}

function inSight(
  frame: HTMLElement,
  body: HTMLElement,
): { readonly anchor: Anchor | undefined; readonly lastKey: string | undefined } {
  const edges = frame.getBoundingClientRect();
  let anchor: Anchor | undefined;
  let lastKey: string | undefined;
  for (const element of rowsIn(body)) {
    const row = element.getBoundingClientRect();
    const key = element.dataset.row ?? "";
    if (anchor === undefined && row.bottom > edges.top + 8 && !("loose" in element.dataset)) {
      anchor = { key, rise: edges.bottom - row.bottom, scrollTop: frame.scrollTop };
    }
    if (row.bottom <= edges.bottom + 8) lastKey = key;
    else break;
  }
  return { anchor, lastKey };
}

/** Keeps the focus in the list when the row that had it is no longer drawn. */
function useKeptFocus(
  scroller: React.RefObject<HTMLDivElement>,
  place: { hadFocus: boolean },
): void {
  useLayoutEffect(() => {
    const frame = scroller.current;
    if (place.hadFocus && document.activeElement === document.body) {
      frame?.focus({ preventScroll: true });
    }
    place.hadFocus = frame?.contains(document.activeElement) ?? false;
  });
}

function rowsIn(body: HTMLElement): Iterable<HTMLElement> {
  return body.children as unknown as Iterable<HTMLElement>;
}

function rowOf(body: HTMLElement, key: string): HTMLElement | undefined {
  for (const row of rowsIn(body)) if (row.dataset.row === key) return row;
  return undefined;
}

function heightOf(row: HTMLElement): number {
  return row.getBoundingClientRect().height;
}
