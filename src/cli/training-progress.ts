/** What a person sees while a model trains: a bar within the epoch, curves below it, and a line that stays after it. */
import type { EpochReport } from "../train/epoch-report.ts";
import type { RunEvents } from "../train/run.ts";
import { duration, type Progress, startProgress } from "./progress.ts";
import { noteLeftOut } from "./render/problems.ts";
import { sparkline } from "./render/sparkline.ts";
import type { Terminal } from "./terminal.ts";

const CURVE_WIDTH = 24;
/** Points of the loss curve that an epoch gives. */
const POINTS = 16;

/** From this share on a person should know that the network waits for data. */
const NOTABLE_WAIT = 0.1;

/** Rows that cannot be decoded, told one by one. */
const TOLD = 5;

export function epochLine({ epoch, loss, metrics, best, seconds, waitShare = 0 }: EpochReport): string {
  const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  const waited = waitShare >= NOTABLE_WAIT ? `  waiting ${Math.round(100 * waitShare)} %` : "";
  return `epoch ${epoch}  loss ${loss.toFixed(4)}  ${numbers.join("  ")}  ${duration(seconds * 1000)}${waited}${best ? "  best" : ""}`;
}

/** Loss of all steps so far and validation score of all epochs, cut to the terminal. */
function curves(losses: readonly number[], history: readonly EpochReport[], columns: number): string {
  const parts = [`loss ${sparkline(losses, CURVE_WIDTH)}`];
  const scores = history.map(({ score }) => score);
  const best = Math.max(...scores);
  if (scores.length > 0) parts.push(`score ${sparkline(scores, CURVE_WIDTH)} best ${best.toFixed(4)}`);
  return parts.join("   ").slice(0, Math.max(0, columns - 1));
}

export function trainingProgress(terminal: Terminal): RunEvents {
  let progress: Progress | undefined;
  let past: readonly EpochReport[] = [];
  let losses: number[] = [];
  let lost = 0;
  /** Each fold has the same to say. */
  const noted = new Set<string>();
  return {
    leftOut: (problems) => noteLeftOut(problems, terminal),
    undecodable({ id, reason }) {
      lost++;
      if (lost <= TOLD) terminal.note(`row ${id} is left out: ${reason}\n`);
      if (lost === TOLD) terminal.note("more of them are counted at the end\n");
    },
    uncovered({ training, validation }) {
      for (const [split, labels] of Object.entries({ training, validation })) {
        if (labels.length > 0) terminal.note(`no ${split} row has the label ${labels.join(", ")}\n`);
      }
    },
    prepared({ notes = [] }) {
      for (const sentence of notes) {
        if (!noted.has(sentence)) terminal.note(`${sentence}\n`);
        noted.add(sentence);
      }
    },
    resumed: (epoch) => terminal.note(`going on after epoch ${epoch}\n`),
    stage(id) {
      [past, losses] = [[], []];
      terminal.note(`first ${id}, which this training starts from\n`);
    },
    fold(fold, folds) {
      [past, losses] = [[], []];
      terminal.note(`fold ${fold} of ${folds}\n`);
    },
    warmStarted({ loaded, missing, misfits }) {
      const fresh = [...missing, ...misfits];
      const names = fresh.length > 0 ? `: ${fresh.slice(0, 5).join(", ")}${fresh.length > 5 ? ", …" : ""}` : "";
      terminal.note(`starting from ${loaded.length} given arrays, ${fresh.length} at random${names}\n`);
    },
    step({ epoch, step, steps, loss }) {
      progress ??= startProgress(terminal, `epoch ${epoch}`, steps);
      if (step % Math.ceil(steps / POINTS) === 0 || step === steps) losses.push(loss);
      progress.update(
        step,
        `loss ${loss.toFixed(4)}`,
        terminal.live ? curves(losses, past, terminal.columns) : undefined,
      );
    },
    epoch(report, history) {
      past = [...history];
      progress?.end();
      progress = undefined;
      terminal.note(`${epochLine(report)}\n`);
    },
  };
}
