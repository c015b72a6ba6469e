/** What a search has done so far, as JSON lines: enough to go on after any interruption. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";

const Head = z.object({
  search: z.literal(1),
  /** Hash of configuration, space and options, the number of trials apart: another search does not go on here. */
  fingerprint: z.string(),
});

const Outcome = z.object({
  /** Counted from 1. */
  trial: z.int().positive(),
  /** Epochs of its rung, up to which it was trained: a search with more trials may have other rungs. */
  until: z.int().positive(),
  /** Trained of these: fewer where patience ended it. */
  epochs: z.int().nonnegative(),
  /** Best on the validation rows so far, and the epoch that had it; null if the training failed. */
  score: z.number().nullable(),
  epoch: z.int().positive().nullable(),
  /** Of that epoch, where the task has one. */
  validationLoss: z.number().optional(),
  metrics: z.record(z.string(), z.number()).default({}),
  settings: z.record(z.string(), z.json()),
  seconds: z.number(),
  /** Sentences that have to stand beside the numbers; absent where there are none. */
  caveats: z.array(z.string()).exactOptional(),
  /** Why the training failed. */
  error: z.string().optional(),
});

export type Outcome = z.infer<typeof Outcome>;

export interface Journal {
  readonly outcomes: readonly Outcome[];
  find(trial: number, until: number): Outcome | undefined;
  /** Written to disk when it returns. */
  add(outcome: Outcome): Promise<void>;
}

/** @throws AffektError `checkpoint` if the file is of another search or broken */
export async function openJournal(files: WritableFiles, path: string, fingerprint: string): Promise<Journal> {
  const lines = [JSON.stringify({ search: 1, fingerprint })];
  const outcomes: Outcome[] = [];
  if (await files.exists(path)) {
    const kept: string[] = [];
    for await (const line of files.lines(path)) if (line.trim() !== "") kept.push(line);
    const broken = (hint: string, message: string) => new AffektError("checkpoint", message, hint);
    const parse = (line: string): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        return undefined;
      }
    };
    const head = Head.safeParse(parse(kept[0] ?? ""));
    if (!head.success) throw broken("Name another folder.", `${path} is no journal of a search.`);
    if (head.data.fingerprint !== fingerprint) {
      throw broken(
        "Search with the configuration, space and options it was begun with, or name another folder.",
        `${path} belongs to another search.`,
      );
    }
    for (const [index, line] of kept.slice(1).entries()) {
      const outcome = Outcome.safeParse(parse(line));
      if (!outcome.success) throw broken("Remove the line, or name another folder.", `${path}:${index + 2} is broken.`);
      outcomes.push(outcome.data);
      lines.push(line);
    }
  }
  return {
    outcomes,
    find: (trial, until) => outcomes.find((outcome) => outcome.trial === trial && outcome.until === until),
    async add(outcome) {
      outcomes.push(outcome);
      lines.push(JSON.stringify(outcome));
      await files.write(path, `${lines.join("\n")}\n`);
    },
  };
}
