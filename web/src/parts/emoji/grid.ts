/** The place that a key moves to in a grid of `count`, `perRow` in each row; undefined: nowhere. */
export function gridTo(
  key: string,
  at: number,
  count: number,
  perRow: number,
): number | undefined {
  const held = (to: number) => to >= 0 && to < count ? to : undefined;
  switch (key) {
    case "ArrowRight":
      return held(at + 1);
    case "ArrowLeft":
      return held(at - 1);
    case "ArrowDown":
      return held(at + perRow) ?? (at < count - 1 && at + perRow >= count ? count - 1 : undefined);
    case "ArrowUp":
      return held(at - perRow);
    case "Home":
      return held(0);
    case "End":
      return held(count - 1);
    default:
      return undefined;
  }
}
