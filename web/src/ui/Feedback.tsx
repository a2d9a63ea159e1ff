import type { ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";

type EmptyProps = {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
};

/** What stands where there is nothing yet: what would be here, and how to begin. */
export function EmptyState({ icon, title, children, actions }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-drawing">
        <Icon name={icon} size="l" />
      </span>
      <p className="empty-title">
        <strong>{title}</strong>
      </p>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="empty-actions">{actions}</div>}
    </div>
  );
}

/** Something is being fetched. */
export function Waiting({ label }: { readonly label: string }) {
  return (
    <div className="waiting" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}

type NoteProps = {
  readonly icon?: IconName | undefined;
  readonly kind?: "calm" | "problem" | undefined;
  readonly children: ReactNode;
};

/** A sentence or two that should not be missed. A problem is read out as soon as it shows. */
export function Note({ icon, kind = "calm", children }: NoteProps) {
  return (
    <div className={`note note-${kind}`} role={kind === "problem" ? "alert" : undefined}>
      <Icon name={icon ?? (kind === "problem" ? "alert" : "info")} />
      <div>{children}</div>
    </div>
  );
}

type BannerProps = {
  readonly icon: IconName;
  readonly kind: "warn" | "problem" | "calm";
  readonly action?: ReactNode;
  readonly children: ReactNode;
};

/** A line across the top of a pane. */
export function Banner({ icon, kind, action, children }: BannerProps) {
  return (
    <div className={`banner banner-${kind}`} role="status">
      <Icon name={icon} />
      <p className="banner-words">{children}</p>
      {action}
    </div>
  );
}

type BadgeProps = {
  readonly count: number;
  readonly isHighlight: boolean;
  /** Read out instead of the number. */
  readonly label: string;
};

/** How many are unread. */
export function Badge({ count, isHighlight, label }: BadgeProps) {
  return (
    <span
      className={`badge${isHighlight ? " badge-highlight" : ""}${count === 0 ? " badge-dot" : ""}`}
    >
      <span aria-hidden="true">{badgeText(count)}</span>
      <span className="only-heard">{label}</span>
    </span>
  );
}

/** A count in at most three characters. */
export function badgeText(count: number): string {
  return count === 0 ? "" : count > 99 ? "99+" : String(count);
}
