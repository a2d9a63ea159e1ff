/** The line of telegraphs from hill to hill, at the side of the page one signs in on. */
export function Landscape() {
  return (
    <svg
      className="landscape"
      viewBox="0 0 640 900"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#14234f" />
          <stop offset="0.55" stopColor="#2a4699" />
          <stop offset="0.8" stopColor="#7c86bf" />
          <stop offset="1" stopColor="#e9b9a0" />
        </linearGradient>
      </defs>
      <rect width="640" height="900" fill="url(#sky)" />
      <circle cx="452" cy="640" r="46" fill="#f6d9bd" opacity="0.85" />
      <path
        d="M0 700c90-52 168-64 250-38 62 20 118 12 186-18 78-34 142-30 204-4v260H0Z"
        fill="#5c6cab"
      />
      <Tower x={520} y={628} scale={0.42} turn={-18} left={70} right={-60} color="#5c6cab" />
      <path
        d="M0 764c70-44 132-52 214-20 76 30 142 28 222-8 78-36 142-28 204 6v158H0Z"
        fill="#35488d"
      />
      <Tower x={180} y={735} scale={0.72} turn={20} left={40} right={-84} color="#35488d" />
      <path
        d="M0 842c110-56 214-66 330-26 116 40 208 26 310-20v104H0Z"
        fill="#172450"
      />
      <Tower x={396} y={832} scale={1.5} turn={-22} left={82} right={-28} color="#172450" />
    </svg>
  );
}

type TowerProps = {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly turn: number;
  readonly left: number;
  readonly right: number;
  readonly color: string;
};

/** A tower with its telegraph on top. `x`, `y`: the middle of its foot. Angles in degrees. */
function Tower({ x, y, scale, turn, left, right, color }: TowerProps) {
  return (
    <g transform={`translate(${x} ${y}) scale(${scale})`} stroke={color} fill={color}>
      <path d="M-17 4 -13-64h26l4 68Z" strokeWidth="2" />
      <path d="M-15-64h30l-4-12h-22Z" strokeWidth="2" />
      <path d="M0-70v-76" strokeWidth="4.5" fill="none" />
      <g transform={`translate(0 -146) rotate(${turn})`} strokeWidth="5.5" fill="none">
        <path d="M-40 0h80" />
        <path d="M0 0h-30" transform={`translate(-40 0) rotate(${left})`} />
        <path d="M0 0h30" transform={`translate(40 0) rotate(${right})`} />
      </g>
    </g>
  );
}
