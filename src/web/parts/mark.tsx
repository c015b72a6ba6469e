/** A shape per emotion, so that colour is never the only sign. Beside it always stands the word. */
import type { ComponentChildren } from "preact";

const LINE = {
  fill: "none",
  stroke: "currentColor",
  "stroke-width": 3,
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
} as const;

const SHAPES: Readonly<Record<string, ComponentChildren>> = {
  anger: (
    <path
      fill="currentColor"
      d="M12 1.5l2.6 5.2 5.7-1.9-1.9 5.7L23.5 13l-5.1 2.5 1.9 5.7-5.7-1.9L12 22.5l-2.6-3.2-5.7 1.9 1.9-5.7L.5 13l5.1-2.5-1.9-5.7 5.7 1.9z"
    />
  ),
  disgust: (
    <g {...LINE}>
      <path d="M2 8.5c3.3-4 6.7-4 10 0s6.7 4 10 0" />
      <path d="M2 16.5c3.3-4 6.7-4 10 0s6.7 4 10 0" />
    </g>
  ),
  fear: <path {...LINE} d="M3 19L7.5 6l4.5 12L16.5 6 21 19" />,
  joy: (
    <g>
      <circle cx="12" cy="12" r="10.5" fill="currentColor" />
      <path
        d="M6.5 12.500a5.7 5.7 0 0 0 11 0"
        fill="none"
        stroke="var(--card)"
        stroke-width="2.6"
        stroke-linecap="round"
      />
    </g>
  ),
  other: (
    <g {...LINE}>
      <path d="M12 2.500L21.5 12 12 21.500 2.5 12z" />
      <circle cx="12" cy="12" r="1" fill="currentColor" />
    </g>
  ),
  neutral: <rect x="1.5" y="9" width="21" height="6" rx="3" fill="currentColor" />,
  sadness: (
    <path
      fill="currentColor"
      d="M12 1.500c4.3 5.5 7.3 9.1 7.3 13.200A7.3 7.3 0 0 1 12 22.500a7.3 7.3 0 0 1-7.3-7.800C4.7 10.6 7.7 7 12 1.500z"
    />
  ),
  surprise: (
    <g>
      <circle cx="12" cy="12" r="9" {...LINE} />
      <circle cx="12" cy="12" r="3" fill="currentColor" />
    </g>
  ),
};

/** Where no emotion is named. */
const UNCERTAIN = (
  <g {...LINE} stroke-width="2.2">
    <circle cx="12" cy="12" r="9.5" stroke-dasharray="3.5 4" />
    <path d="M9.3 9.800a2.8 2.8 0 1 1 3.9 2.500c-.8.4-1.2.9-1.2 1.800M12 17.300v.1" />
  </g>
);

export function Mark({ label }: { readonly label: string | null }) {
  return (
    <svg class={`mark of-${label ?? "none"}`} viewBox="0 0 24 24" aria-hidden="true">
      {(label === null ? undefined : SHAPES[label]) ?? UNCERTAIN}
    </svg>
  );
}
