import { type PointerEvent, useEffect, useRef } from "react";

/** How long a finger rests before it counts, in milliseconds; as on phones. */
const REST_MS = 450;

/** How far it may slip meanwhile, in CSS pixels. */
const SLIP = 10;

/** Calls `then` when a finger rests on something. Mice and pens are left alone. */
export function useLongPress(then: () => void) {
  const state = useRef({
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
    x: 0,
    y: 0,
  });
  const action = useRef(then);
  action.current = then;
  const stop = () => clearTimeout(state.current.timer);
  useEffect(() => stop, []);
  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== "touch" || isControl(event.target)) return;
      stop();
      state.current.x = event.clientX;
      state.current.y = event.clientY;
      state.current.timer = setTimeout(() => {
        navigator.vibrate?.(10);
        action.current();
      }, REST_MS);
    },
    onPointerMove(event: PointerEvent) {
      const { x, y } = state.current;
      if (Math.hypot(event.clientX - x, event.clientY - y) > SLIP) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, input, audio, video, dialog") !== null;
}
