/** Further columns of two models on the same rows: what either answers, and by how much they differ. */
import { describe, expect, test } from "vitest";
import { renderComparison } from "../src/cli/render/comparison.ts";
import type { Prediction } from "../src/core/prediction.ts";
import { random } from "../src/core/random.ts";
import type { Manifest } from "../src/data/manifest.ts";
import type { Row } from "../src/data/row.ts";
import { analyze } from "../src/evaluate/analysis/analysis.ts";
import { compareEvaluations } from "../src/evaluate/analysis/compare.ts";
import { parseEvaluation } from "../src/evaluate/analysis/evaluation-file.ts";
import { askText } from "../src/evaluate/ask.ts";
import { type Evaluation, evaluateOpinions, evaluatePredictions } from "../src/evaluate/evaluate.ts";
import { reportPage } from "../src/evaluate/page/page.ts";
import { tinyColumns, tinyText } from "./support/tiny-models.ts";
import { textExpert } from "./support/tiny-recognizer.ts";

describe("comparisons", () => {
  /** The truth of a row, and what a model says: a number, and a category with 0.9. */
  type Said = readonly [number: number | undefined, category: "low" | "high" | undefined];
  const truths: readonly Said[] = [
    [1, "low"],
    [2, "high"],
    [3, undefined],
    [4, "high"],
  ];
  function saying(model: string, said: readonly Said[], rows = truths): Evaluation {
    const answers = said.map(([sentiment, intensity], at) => {
      const answer: Prediction = {
        label: "joy",
        confidence: 1,
        scores: [
          { label: "joy", score: 1 },
          { label: "anger", score: 0 },
        ],
        modalities: {
          text: {
            present: true,
            quality: 1,
            weight: 1,
            scores: [],
            model: `${model}-text 1`,
            columns: {
              ...(sentiment === undefined ? {} : { numbers: { sentiment } }),
              ...(intensity === undefined
                ? {}
                : {
                    categories: {
                      intensity: [
                        { label: intensity, score: 0.9 },
                        { label: intensity === "low" ? "high" : "low", score: 0.1 },
                      ],
                    },
                  }),
            },
          },
        },
      };
      const [number, category] = rows[at] ?? [];
      const extra = { sentiment: number, intensity: category };
      return { row: { id: String(at), text: "a", label: "joy", subject: "s", extra } as Row, answer };
    });
    const header = { name: "made-here", version: "1", labels: [], licence: "", terms: "permissive", source: "" };
    const manifest = { header, rows: answers.map(({ row }) => row), base: "." } as Manifest;
    return evaluatePredictions({ answers, skipped: [] }, manifest, model, { resamples: 0 });
  }
  const one = saying("one", [
    [2, "high"],
    [3, "high"],
    [4, "low"],
    [5, "low"],
  ]);
  const two = saying("two", [
    [1.5, "low"],
    [2.5, "high"],
    [3.5, "low"],
    [undefined, "high"],
  ]);

  test("columns of both are compared on the rows that both answered, with a paired interval", () => {
    const { columns } = compareEvaluations(one, two, random(1), { resamples: 50 });
    // Off by 1 and by .5 in every row: whatever is drawn, the difference is the same.
    expect(columns?.[0]).toMatchObject({
      kind: "number",
      first: "text.sentiment",
      second: "text.sentiment",
      n: 3,
      metrics: {
        mae: { first: 1, second: 0.5, difference: -0.5, interval: { low: -0.5, high: -0.5 } },
        // Variances and covariance are 2/3: (4/3) / (4/3 + 1) and (4/3) / (4/3 + 1/4).
        ccc: { first: expect.closeTo(4 / 7, 6), second: expect.closeTo(16 / 19, 6) },
      },
    });
    expect(columns?.[1]).toMatchObject({
      kind: "category",
      n: 3,
      metrics: { accuracy: { first: expect.closeTo(1 / 3, 12), second: 1, difference: expect.closeTo(2 / 3, 12) } },
    });
    const { low = 0, high = 0 } = columns?.[1]?.metrics["accuracy"]?.interval ?? {};
    expect(low).toBeLessThan(high);
  });

  test("the other numbers of a comparison are what they are without columns", () => {
    const bare = (own: Evaluation): Evaluation => {
      const { columns: _columns, ...report } = own.report;
      return { ...own, report: report as Evaluation["report"] };
    };
    const { columns, ...rest } = compareEvaluations(one, two, random(1), { resamples: 50 });
    expect(columns).toHaveLength(2);
    expect(compareEvaluations(bare(one), bare(two), random(1), { resamples: 50 })).toEqual(rest);
  });

  test("a correlation without a value is null, and whole subjects are drawn", () => {
    const constant = saying("constant", [
      [1, "low"],
      [1, "low"],
      [1, "low"],
      [1, "low"],
    ]);
    const clusterOf = new Map(one.predictions.map(({ id }) => [id, "s"]));
    const { columns } = compareEvaluations(one, constant, random(1), { resamples: 20, clusterOf });
    expect(columns?.[0]?.metrics["pearson"]).toEqual({ first: 1, second: null, difference: null, interval: null });
    expect(columns?.[1]?.metrics["accuracy"]).toMatchObject({ interval: { low: 0, high: 0 }, difference: 0 });
  });

  test("rows with another truth, or of an older version, are in no difference", () => {
    const other = saying(
      "other",
      [
        [1, "low"],
        [2, "high"],
      ],
      [
        [1, "low"],
        [9, "low"],
      ],
    );
    expect(compareEvaluations(one, other, random(1), { resamples: 5 }).columns?.map(({ n }) => n)).toEqual([1, 1]);
    const older = { ...two, predictions: two.predictions.map(({ columnTruth: _truth, ...row }) => row) };
    const { columns } = compareEvaluations(one, older, random(1), { resamples: 5 });
    expect(columns?.map(({ n, metrics }) => [n, metrics])).toEqual([
      [0, {}],
      [0, {}],
    ]);
  });

  test("a model alone is beside each modality of a recognizer that has its column", async () => {
    const manifest = {
      header: { name: "made-here", version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" },
      rows: [{ id: "0", text: "😀", label: "joy", extra: { sentiment: 1, intensity: "low" } }],
      base: "root",
    } as Manifest;
    const expert = await textExpert(tinyColumns(tinyText()));
    const asked = await askText(manifest.rows, expert);
    const alone = evaluateOpinions(asked, manifest, expert.contract, { resamples: 0 });
    const { columns } = compareEvaluations(alone, one, random(1), { resamples: 5 });
    expect(columns?.map(({ first, second, n }) => [first, second, n])).toEqual([
      ["sentiment", "text.sentiment", 1],
      ["intensity", "text.intensity", 1],
    ]);
  });

  test("terminal, file and page show both and the difference", () => {
    const comparison = compareEvaluations(one, two, random(1), { resamples: 50 });
    const lines = renderComparison(comparison, { paint: (_style, text) => text });
    expect(lines).toMatch(/text\.sentiment +mae +1\.0000 +0\.5000 +-0\.5000 +-0\.5000 to -0\.5000 +3/u);
    const [first, second] = [one, two].map((own) => parseEvaluation(JSON.stringify(own), "said.json"));
    const analysis = analyze(first as Evaluation, { other: second as Evaluation, resamples: 50 });
    expect(analysis.comparison?.columns).toEqual(comparison.columns);
    const page = reportPage(analysis);
    const section = page.slice(page.indexOf('id="columns"'), page.indexOf('id="errors"'));
    expect(section).toContain("one-text 1");
    expect(section).toContain("two-text 1");
    expect(section).toContain("−0.500 … −0.500");
    expect(section).toContain("+66.7");
  });

  test("a page shows the columns of the second model where the first has none", () => {
    const { columns: _columns, ...report } = one.report;
    const plain = { ...one, report: report as Evaluation["report"] };
    const page = reportPage(analyze(plain, { other: two, resamples: 5 }));
    expect(page).toContain('id="columns"');
    expect(page).toContain("two-text 1");
  });
});
