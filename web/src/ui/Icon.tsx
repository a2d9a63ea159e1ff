import { memo } from "react";
import { type IconName, icons } from "./icons.ts";

type Props = {
  readonly name: IconName;
  readonly size?: "s" | "m" | "l" | undefined;
};

/** A drawing beside a text, or inside a control that has a name of its own. Never read out. */
export const Icon = memo(function Icon({ name, size = "m" }: Props) {
  const isFilled = name.endsWith("-filled");
  return (
    <svg
      className={size === "m" ? "icon" : `icon icon-${size}`}
      viewBox="0 0 24 24"
      fill={isFilled ? "currentColor" : "none"}
      stroke={isFilled ? "none" : "currentColor"}
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={icons[name]} />
    </svg>
  );
});
