/** The distance kept to the edges of the page and to what something stands beside, in CSS pixels. */
const MARGIN = 8;

/** Places a fixed element below (or else above) another, within the page. */
export function placeBeside(element: HTMLElement, beside: Element | DOMRect): void {
  const rect = beside instanceof Element ? beside.getBoundingClientRect() : beside;
  const own = element.getBoundingClientRect();
  const place = placement(rect, own, {
    width: document.documentElement.clientWidth,
    height: globalThis.innerHeight,
  });
  element.style.left = `${place.left}px`;
  element.style.top = `${place.top}px`;
}

type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};
type Size = { readonly width: number; readonly height: number };

/**
 * Where something of size `own` goes beside `anchor` on a page of size `page`.
 *
 * Below and flush with the left edge if there is room, above if there is more there; never off the
 * page.
 */
export function placement(anchor: Box, own: Size, page: Size): { left: number; top: number } {
  const below = page.height - anchor.bottom - MARGIN;
  const fitsBelow = own.height <= below || below >= anchor.top;
  const top = fitsBelow ? anchor.bottom + MARGIN / 2 : anchor.top - own.height - MARGIN / 2;
  const fitsRight = anchor.left + own.width <= page.width - MARGIN;
  const left = fitsRight ? anchor.left : anchor.right - own.width;
  return {
    left: clamp(left, MARGIN, page.width - own.width - MARGIN),
    top: clamp(top, MARGIN, page.height - own.height - MARGIN),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
