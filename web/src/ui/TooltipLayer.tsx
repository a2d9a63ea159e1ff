import { useEffect, useRef } from "react";
import { tooltipPlacement } from "./tooltipPlacement.ts";

/** How long the pointer rests before the name shows, in milliseconds. */
const REST_MS = 450;

/**
 * Shows the `data-tip` of whatever the pointer rests on, or the keyboard's focus is on.
 *
 * One for the page: it lies above everything, so no list cuts it off. Names are in `aria-label` as
 * well, so it is hidden from screen readers. Esc hides it.
 */
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tip = ref.current;
    if (tip === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const show = (target: Element) => {
      tip.textContent = target.getAttribute("data-tip");
      if (tip.matches(":popover-open")) tip.hidePopover();
      tip.showPopover();
      const side = target.getAttribute("data-tip-side") === "below" ? "below" : "above";
      const place = tooltipPlacement(
        target.getBoundingClientRect(),
        tip.getBoundingClientRect(),
        document.documentElement.clientWidth,
        side,
      );
      tip.style.left = `${place.left}px`;
      tip.style.top = `${place.top}px`;
    };
    const hide = () => {
      clearTimeout(timer);
      if (tip.matches(":popover-open")) tip.hidePopover();
    };
    const pointed = (event: PointerEvent) => {
      if (event.pointerType === "touch") return;
      const target = tipped(event.target);
      hide();
      if (target !== null) timer = setTimeout(() => show(target), REST_MS);
    };
    const focused = (event: FocusEvent) => {
      hide();
      const target = tipped(event.target);
      if (target?.matches(":focus-visible")) show(target);
    };
    const keyed = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };

    document.addEventListener("pointerover", pointed);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("focusin", focused);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", keyed);
    document.addEventListener("scroll", hide, true);
    return () => {
      hide();
      document.removeEventListener("pointerover", pointed);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("focusin", focused);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("keydown", keyed);
      document.removeEventListener("scroll", hide, true);
    };
  }, []);
  return <div ref={ref} className="tooltip" aria-hidden="true" {...{ popover: "manual" }} />;
}

function tipped(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest("[data-tip]") : null;
}
