/** A progress line on standard error, with the time left. Silent where no person reads it. */
import { bar } from "./render/bar.ts";
import type { Terminal } from "./terminal.ts";

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

export interface Progress {
  /** @param done how many of `total` are done; @param note shown behind the bar; @param below shown on the next line */
  update(done: number, note?: string, below?: string): void;
  /** Clears the line, and the one below. */
  end(): void;
}

/** `90_000` → `1:30`, hours in front when needed. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** @param total how many there are; undefined where that is not known */
export function startProgress(
  terminal: Pick<Terminal, "live" | "note" | "now">,
  title: string,
  total?: number,
): Progress {
  const started = terminal.now();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update(done, note = "", below) {
      const now = terminal.now();
      if (!terminal.live || now - drawn < REDRAW_MS) return;
      drawn = now;
      const elapsed = now - started;
      const state =
        total === undefined || total === 0
          ? `${done}, ${duration(elapsed)}`
          : `${bar(done / total, BAR_WIDTH)} ${done}/${total}, ${
              done === 0 ? "…" : `${duration((elapsed / done) * (total - done))} left`
            }`;
      const next = below === undefined ? "" : `\n\u001b[2K${below}\u001b[1A\r`;
      terminal.note(`\r\u001b[2K${title} ${state} ${note}${next}`);
    },
    end() {
      if (terminal.live) terminal.note("\r\u001b[J");
    },
  };
}
