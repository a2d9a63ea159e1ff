/** At most this long, in milliseconds: longer than a key takes to become a letter. */
const SOON_MS = 25;

/**
 * Gives the focus: at once, or, while a key is down, when it is let go.
 *
 * An Enter that presses a button or a link would otherwise go on into the text that has just got
 * the focus, and begin a new line there.
 */
export function focusSoon(element: HTMLElement | null): void {
  if (!isKeyDown) {
    element?.focus();
    return;
  }
  const give = () => {
    clearTimeout(timer);
    document.removeEventListener("keyup", give, true);
    element?.focus();
  };
  const timer = setTimeout(give, SOON_MS);
  document.addEventListener("keyup", give, true);
}

let isKeyDown = false;

/** Notices when keys go down and up; once for the page. */
export function watchKeys(page: Document): void {
  page.addEventListener("keydown", () => void (isKeyDown = true), true);
  page.addEventListener("keyup", () => void (isKeyDown = false), true);
  page.defaultView?.addEventListener("blur", () => void (isKeyDown = false));
}
