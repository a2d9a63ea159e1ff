import { useEffect, useRef } from "react";
import type { Route } from "../parts/routes.ts";

/**
 * Gives the focus to what has just come onto the screen: the composer of a room where there is a
 * keyboard, else the main pane. Without it, people who do not see the page would stay behind.
 */
export function useScreenFocus(route: Route): void {
  const shown = route.screen === "room" ? `room ${route.roomID}` : route.screen;
  const before = useRef<string>();
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = shown;
    if (isFirst && route.screen === "home") return;
    const hasKeyboard = globalThis.matchMedia("(hover: hover) and (pointer: fine)").matches;
    const composer = document.querySelector<HTMLElement>("#composer textarea");
    if (route.screen === "home") document.getElementById("rooms")?.focus();
    else if (composer !== null && hasKeyboard) composer.focus();
    else document.getElementById("main")?.focus({ preventScroll: true });
  }, [shown]);
}
