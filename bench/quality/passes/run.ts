/**
 * What it costs to look at a face in fewer passes, as live streams do.
 *
 *   npm run bench -- passes --root DATA [--write]
 *
 * Validation rows alone are asked (FER2013 PublicTest, without those that also stand in training): nothing is chosen
 * here. `--write` stores docs/benchmarks/passes.md.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EMOTIONS } from "../../../src/core/emotion.ts";
import { random } from "../../../src/core/random.ts";
import { accuracy } from "../../../src/metrics/accuracy.ts";
import { pairedDifferences } from "../../../src/metrics/paired-difference.ts";
import { uar } from "../../../src/metrics/uar.ts";
import { TABLE_OPTIONS } from "../arguments.ts";
import { openFaceAndSpeech } from "../experts.ts";
import { RESULTS } from "../results.ts";
import { faceRows } from "../sampled-rows.ts";
import { answerTo, askPasses, type PassOpinions, streamed, together } from "./measure.ts";
import { type PassesRow, passesPage } from "./page.ts";

/** As many as the live page looks at. */
const FPS = 20;
const LOOKED_AT_MS = [500, 2_000];

/** Of several ways to look that are alike, such as each single pass. */
type Ways = readonly (readonly number[])[];

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** @param ways answers by row, one list per way @param all answers of all passes */
function rowOf(title: string, ways: Ways, all: readonly number[], truth: readonly number[]): PassesRow {
  const drawn = (list: readonly number[], draw: Int32Array): number[] => Array.from(draw, (row) => list[row] as number);
  const [difference] = pairedDifferences(
    truth.length,
    (draw) => [accuracy(drawn(truth, draw), drawn(all, draw))],
    (draw) => [mean(ways.map((way) => accuracy(drawn(truth, draw), drawn(way, draw))))],
    random(1),
  );
  const accuracies = ways.map((way) => accuracy(truth, way));
  return {
    title,
    accuracy: mean(accuracies),
    worst: Math.min(...accuracies),
    best: Math.max(...accuracies),
    uar: mean(ways.map((way) => uar(truth, way))),
    agrees: mean(ways.map((way) => accuracy(all, way))),
    difference: difference?.difference ?? 0,
    interval: difference?.interval ?? null,
  };
}

/** Passes that follow each other, from each of them on, as they go round. */
function rounds(opinions: PassOpinions, count: number): Ways {
  const passes = opinions[0]?.length ?? 0;
  return Array.from({ length: passes }, (_, from) =>
    opinions.map((own) =>
      answerTo(together(Array.from({ length: count }, (_, at) => own[(from + at) % passes] as (typeof own)[number]))),
    ),
  );
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const rows = await faceRows(values.root, Number.POSITIVE_INFINITY, { split: "validation" });
  const truth = rows.map(({ label }) => (EMOTIONS as readonly string[]).indexOf(label));
  const { face: expert, close } = await openFaceAndSpeech();
  try {
    const opinions = await askPasses(
      expert,
      rows.map(({ input }) => input),
    );
    const all = opinions.map((own) => answerTo(together(own)));
    const live: number[][] = [];
    for (const own of opinions) live.push(await streamed(expert, own, FPS, LOOKED_AT_MS));
    const found = [
      rowOf(`all ${expert.passes} passes: pictures, and every frame of a film`, [all], all, truth),
      rowOf("one pass of one frame", rounds(opinions, 1), all, truth),
      rowOf("two passes of one frame", rounds(opinions, 2), all, truth),
      ...LOOKED_AT_MS.map((ms, at) =>
        rowOf(
          `a live stream (${FPS} frames a second, one pass of each), smoothed, after ${ms / 1000} s`,
          [live.map((answers) => answers[at] as number)],
          all,
          truth,
        ),
      ),
    ];
    const page = passesPage(rows.length, found);
    console.log(page);
    if (values.write) await writeFile(`${RESULTS}/passes.md`, page);
  } finally {
    await close();
  }
}
