import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "aria-label">;

type ButtonProps = Native & {
  readonly kind?: "primary" | "plain" | "quiet" | "danger" | undefined;
  readonly icon?: IconName | undefined;
  /** Something is under way: it cannot be pressed, and says so. */
  readonly isBusy?: boolean | undefined;
  readonly isWide?: boolean | undefined;
  readonly children: ReactNode;
};

/** A button with words on it. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { kind = "plain", icon, isBusy = false, isWide = false, children, type = "button", ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type={type}
      className={`button button-${kind}${isWide ? " button-wide" : ""}`}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      {...rest}
      onClick={isBusy ? stop : rest.onClick}
    >
      {icon && <Icon name={icon} />}
      <span className="button-words">{children}</span>
      {isBusy && <span className="button-busy" aria-hidden="true" />}
    </button>
  );
});

function stop(event: { preventDefault(): void }): void {
  event.preventDefault();
}

type IconButtonProps = Native & {
  readonly icon: IconName;
  /** Its name: read out, and shown beside it when the pointer or the focus rests on it. */
  readonly label: string;
  /** What is shown beside it, where that is more than its name: a shortcut. */
  readonly tip?: string | undefined;
  readonly size?: "s" | "m" | "l" | undefined;
  readonly kind?: "quiet" | "primary" | "danger" | undefined;
  readonly tipSide?: "above" | "below" | undefined;
};

/** A button that is only a drawing. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { icon, label, tip, size = "m", kind = "quiet", tipSide, type = "button", ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type={type}
      className={`icon-button icon-button-${size} icon-button-${kind}`}
      aria-label={label}
      data-tip={tip ?? label}
      data-tip-side={tipSide}
      {...rest}
    >
      <Icon name={icon} size={size === "s" ? "s" : "m"} />
    </button>
  );
});
