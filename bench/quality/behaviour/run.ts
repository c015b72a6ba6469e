/**
 * Asks the text models about pairs written by hand, and counts how often the answer does what the change asks for.
 *
 *   npm run bench -- behaviour [--show KIND] [--write]
 *
 * `--show` prints the pairs of a kind that failed. `--write` stores docs/benchmarks/behaviour.{json,md}.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { wilson } from "../../../src/metrics/wilson.ts";
import { scoresOf, toEkman } from "../../../src/recognize/answer.ts";
import type { TextExpert } from "../../../src/recognize/text-expert.ts";
import { openTexts } from "../experts.ts";
import { type BehaviourResults, RESULTS } from "../results.ts";
import { behaviourPage } from "./page.ts";
import { passes, type Said, Suite } from "./pairs.ts";

const MODELS = [
  ["text-en", "en"],
  ["text-zh", "zh"],
] as const;

/** @throws ZodError if a pair is misspelt */
export async function readSuite(language: "en" | "zh"): Promise<Suite> {
  return Suite.parse(JSON.parse(await readFile(new URL(`${language}.json`, import.meta.url), "utf8")));
}

async function saidBy(expert: TextExpert, texts: readonly string[]): Promise<Said[]> {
  return (await expert.opinions(texts)).map((opinion) =>
    Object.fromEntries(
      opinion === null ? [] : scoresOf(opinion, toEkman).map(({ label, score }) => [label, score] as const),
    ),
  );
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { show: { type: "string" }, write: { type: "boolean", default: false } },
  });
  const { text, models, close } = await openTexts();
  const kinds: BehaviourResults["kinds"][number][] = [];
  for (const [model, language] of MODELS) {
    const suite = await readSuite(language);
    for (const [kind, pairs] of Object.entries(suite.kinds)) {
      const first = await saidBy(
        text[model],
        pairs.map(([a]) => a),
      );
      const second = await saidBy(
        text[model],
        pairs.map(([, b]) => b),
      );
      const judged = pairs.flatMap((pair, at) => {
        const passed = passes(first[at] as Said, second[at] as Said, pair[2]);
        return passed === undefined ? [] : [{ pair, passed }];
      });
      const passed = judged.filter((one) => one.passed).length;
      const rows = judged.length;
      kinds.push({ model, language, kind, rows, share: passed / rows, ...wilson(passed, rows) });
      console.log(`${model}, ${kind}: ${passed} of ${rows}`);
      if (values.show !== kind) continue;
      for (const { pair } of judged.filter((one) => !one.passed)) console.log(`  ${JSON.stringify(pair)}`);
    }
  }
  await close();
  if (!values.write) return;
  const results: BehaviourResults = { models, kinds };
  await writeFile(`${RESULTS}/behaviour.json`, `${JSON.stringify(results, null, 2)}\n`);
  const suites = await Promise.all(MODELS.map(([, language]) => readSuite(language)));
  await writeFile(`${RESULTS}/behaviour.md`, behaviourPage(results, suites));
}
