type Box = {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
};

/** Centred above or below a control, within a page of this width, and never off its top. */
export function tooltipPlacement(
  control: Box,
  tip: { readonly width: number; readonly height: number },
  pageWidth: number,
  side: "above" | "below",
): { left: number; top: number } {
  const middle = control.left + control.width / 2 - tip.width / 2;
  const above = control.top - tip.height - 6;
  return {
    left: Math.max(6, Math.min(middle, pageWidth - tip.width - 6)),
    top: side === "below" || above < 4 ? control.bottom + 6 : above,
  };
}
