type Props = {
  readonly size: number;
  /** The arms move, as if a message were being sent. */
  readonly isSignalling?: boolean | undefined;
};

/**
 * Chappe's optical telegraph: a mast, a beam that turns, and an arm at each of its ends.
 *
 * `build/icons.mjs` draws the same for the icons of the app.
 */
export function Logo({ size, isSignalling = false }: Props) {
  return (
    <svg
      className={isSignalling ? "logo logo-signalling" : "logo"}
      width={size}
      height={size}
      viewBox="0 0 48 48"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <rect className="logo-ground" width="48" height="48" rx="12" />
      <path className="logo-mast" d="M24 40V20.5M17.5 40h13" />
      <g className="logo-beam">
        <path d="M12.5 20.5h23" />
        <path className="logo-arm-left" d="M12.5 20.5h-9" />
        <path className="logo-arm-right" d="M35.5 20.5h9" />
      </g>
      <circle className="logo-pivot" cx="24" cy="20.5" r="2.7" />
    </svg>
  );
}
