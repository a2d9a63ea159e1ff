import { memo } from "react";
import { avatarHue, initials } from "./avatar.ts";

type Props = {
  readonly name: string;
  /** What its colour is chosen by: the same seed has the same colour everywhere. */
  readonly seed: string;
  /** Where the picture is; without one, or until it is there, initials are shown. */
  readonly url?: string | undefined;
  readonly size?: "xs" | "s" | "m" | "l" | "xl" | undefined;
  readonly shape?: "round" | "square" | undefined;
};

/** The picture of a person (round) or of a room (square). Decorative: the name stands beside it. */
export const Avatar = memo(
  function Avatar({ name, seed, url, size = "m", shape = "round" }: Props) {
    return (
      <span
        className={`avatar avatar-${size} avatar-${shape}`}
        data-hue={url === undefined ? avatarHue(seed) : undefined}
        aria-hidden="true"
      >
        {url === undefined
          ? initials(name)
          : <img src={url} alt="" draggable={false} decoding="async" />}
      </span>
    );
  },
);
