import { useEffect, useRef } from "react";
import type { Route } from "../parts/routes.ts";
import { focusSoon } from "../ui/focusSoon.ts";

/**
 * Gives the focus to what has just come onto the screen: the main pane, or the list where there is
 * nothing else. Without it, people who do not see the page would stay behind. A conversation takes
 * it on from there to its composer, where there is a keyboard.
 *
 * - `dialog`: the window that is open, if any. When it led to another screen and closes, the
 *   browser gives the focus back to what opened it; it belongs to the new screen.
 */
export function useScreenFocus(route: Route, dialog: string | undefined): void {
  const shown = route.screen === "room" ? `room ${route.roomID}` : route.screen;
  const before = useRef<string>();
  const openedOn = useRef<string>();
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = shown;
    if (!(isFirst && route.screen === "home")) focusScreen(route);
  }, [shown]);
  useEffect(() => {
    if (dialog !== undefined) openedOn.current = shown;
    else if (openedOn.current !== undefined && openedOn.current !== shown) focusScreen(route);
    if (dialog === undefined) openedOn.current = undefined;
  }, [dialog]);
}

function focusScreen(route: Route): void {
  const composer = document.querySelector<HTMLElement>("#composer textarea");
  const wanted = document.querySelector<HTMLElement>("#main > .screen [data-autofocus]");
  if (route.screen === "home") document.getElementById("rooms")?.focus();
  else if (composer !== null && hasKeyboard()) focusSoon(composer);
  else if (wanted !== null) focusSoon(wanted);
  else document.getElementById("main")?.focus({ preventScroll: true });
}

/** Whether a conversation that has just been drawn may take the focus to its composer. */
export function wantsComposerFocus(): boolean {
  return hasKeyboard() && document.activeElement?.closest(".panel, dialog, input") == null;
}

/** Where fingers are what one points with, the focus would bring up a keyboard over half the screen. */
function hasKeyboard(): boolean {
  return !globalThis.matchMedia("(pointer: coarse)").matches;
}
