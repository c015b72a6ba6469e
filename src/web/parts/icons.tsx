/** Drawn signs of the pages and tools. They decorate; what they mean is always said in words too. */
import type { JSX } from "preact";

const PATHS = {
  start: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  live: "M4 7h10v10H4zM14 11l6-3v8l-6-3",
  text: "M5 6h14M5 12h14M5 18h8",
  files: "M6 3h8l4 4v14H6zM14 3v4h4",
  train: "M4 4v16h16M7 15l4-5 3 3 5-7",
  history: "M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.800M4 4v4h4",
  moon: "M20 14.500A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.500z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.2 4.200l1.4 1.400M18.4 18.400l1.4 1.400M2 12h2M20 12h2M4.2 19.800l1.4-1.400M18.4 5.600l1.4-1.4",
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  scale: "M12 4v16M6 20h12M5 8h14M5 8l-2.5 6h5zM19 8l-2.5 6h5z",
  eye: "M2 12c2.7-4.7 6-7 10-7s7.3 2.3 10 7c-2.7 4.7-6 7-10 7s-7.3-2.3-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  drop: "M12 15V4M8 8l4-4 4 4M4 15v5h16v-5",
  stop: "M7 7h10v10H7z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, ...rest }: { readonly name: IconName } & JSX.SVGAttributes<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
