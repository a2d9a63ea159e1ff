import { useMemo } from "react";
import { qrCode } from "./qrCode.ts";

type Props = {
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
};

/** The border of light squares that readers need. */
const quiet = 4;

/** A text as squares for a camera. Always dark on light: many readers want it so. */
export function QRCode({ text, label }: Props) {
  const { size, path } = useMemo(() => {
    const grid = qrCode(text);
    const squares = grid.flatMap((row, y) =>
      row.flatMap((isDark, x) => isDark ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])
    );
    return { size: grid.length + 2 * quiet, path: squares.join("") };
  }, [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
