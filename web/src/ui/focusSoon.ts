/** Longer than a key takes to become a letter, in milliseconds; too short to be noticed. */
const SOON_MS = 25;

/**
 * Gives the focus once the present key is over.
 *
 * An Enter that presses a button or a link would otherwise go on into the text that has just got
 * the focus, and begin a new line there.
 */
export function focusSoon(element: HTMLElement | null): void {
  setTimeout(() => element?.focus(), SOON_MS);
}
