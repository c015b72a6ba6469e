import { describe, expect, test } from "vitest";
import { madeEvaluation, type SaidRow } from "../../../test/support/evaluations.ts";
import { random } from "../../core/random.ts";
import { caveatInChinese, PAIRING_CAVEAT } from "../../data/caveats.ts";
import { analyze } from "../analysis/analysis.ts";
import type { SubsetRow } from "../analysis/subsets.ts";
import { learnedNote } from "../circumstances.ts";
import type { Report } from "../evaluate.ts";
import { multiReport } from "../multi-report.ts";
import { count, percent, plain, points, probability } from "./format.ts";
import { both, html, labelName } from "./markup.ts";
import { noteInBoth } from "./notes-section.ts";
import { reportPage } from "./page.ts";

const LABELS = ["anger", "joy"];

/** Truth and score of joy of each row. */
function evaluation(model: string, rows: readonly SaidRow[]) {
  return madeEvaluation(model, rows, {
    prefix: "row ",
    resamples: 20,
    rows: { abstainBelow: 0.6, groups: { language: rows.map((_, row) => (row % 2 === 0 ? "en" : "zh")) } },
    circumstances: {
      manifest: { name: "made-here", version: "1", sha256: "ab".repeat(32) },
      skipped: { n: 1, byCode: { media: 1 }, examples: [{ id: "x", code: "media", reason: "cut short" }] },
      notes: ["Intervals draw whole subjects."],
    },
  });
}

const one = evaluation("one 1.0", [
  ["joy", 0.9],
  ["joy", 0.2],
  ["anger", 0.8],
  ["anger", 0.1],
]);
const two = evaluation("two 1.0", [
  ["joy", 0.9],
  ["joy", 0.7],
  ["anger", 0.4],
  ["anger", 0.6],
]);
const HOSTILE = `<img src="https://example.org/x" onerror='alert(1)'> & 你好\u0000`;
const facts = one.predictions.map(({ id }, row) => ({
  id,
  text: HOSTILE,
  language: "zh",
  characters: 9,
  brightness: 100 + row,
  snrDb: 20,
  durationMs: 1500,
}));
function subsets(accuracy: number): readonly SubsetRow[] {
  const answered = { n: 4, accuracy, interval: { low: 0.1, high: 0.9 }, uar: 0.5, macroF1: 0.5 };
  return [
    { modalities: ["text"], reason: "No row has a text." },
    { modalities: ["text", "face"], answered, shared: null },
  ];
}
const analysis = analyze(one, {
  facts,
  other: { ...two, subsets: subsets(0.625) },
  resamples: 20,
  subsets: subsets(0.5),
});
const page = reportPage(analysis, { date: "2026-01-02", generator: "affekt 0" });

/** Elements that are never closed. */
const VOID = new Set(["meta", "input", "br"]);

/** Names of elements that are closed by another's end tag, or not at all. */
function unbalanced(document: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = document.replace(/<style>.*?<\/style>/su, "").replace("<!doctype html>", "");
  for (const [, end, name = "", own] of body.matchAll(/<(\/?)([a-z0-9]+)(?:"[^"]*"|[^>"])*?(\/?)>/giu)) {
    if (VOID.has(name) || own === "/") continue;
    if (end === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe("the page", () => {
  test("asks for nothing outside of itself and runs nothing", () => {
    expect(page.includes(`content="default-src 'none'; style-src 'unsafe-inline'"`)).toBe(true);
    expect(/<(script|link|iframe|img|object|embed)\b/u.exec(page)).toBeNull();
    expect(/<[^>]*\s(src|href|on\w+)=/u.exec(page)).toBeNull();
    expect(/url\(|@import/u.exec(page)).toBeNull();
  });

  test("shows what people wrote as text, never as markup", () => {
    expect(page).toContain(
      "&lt;img src=&quot;https://example.org/x&quot; onerror=&#39;alert(1)&#39;&gt; &amp; 你好\ufffd",
    );
    expect(page).toContain('<q dir="auto" lang="zh">');
  });

  test("closes every element that it opens, and uses an id once", () => {
    expect(unbalanced(page)).toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(unbalanced("<p><b></p></b>")).not.toEqual([]);
  });

  test("names every chart, and has a number wherever it draws one", () => {
    for (const [picture] of page.matchAll(/<svg[^>]*>/gu)) {
      expect(picture).toMatch(/role="img" aria-labelledby="[^"]+"|aria-hidden="true"/u);
    }
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/gu)) expect(page).toContain(`id="${id}"`);
    expect(/NaN|Infinity|undefined|\[object/u.exec(page)).toBeNull();
  });

  test("says everything in both languages", () => {
    const english = page.match(/class="en"/gu)?.length;
    expect(english).toBeGreaterThan(100);
    expect(page.match(/class="zh"/gu)?.length).toBe(english);
    expect(page).toContain("区间按整个被试抽样。");
    expect(page).toContain("文本 + 人脸");
    expect(reportPage(analysis, { language: "zh" })).toMatch(/<html lang="zh">.*id="zh"[^>]* checked>/su);
  });

  test("says of which splits its rows are, in both languages", () => {
    const of = (circumstances: Partial<Report>) =>
      reportPage(analyze({ report: { ...one.report, ...circumstances } as Report, predictions: [] }));
    expect(of({ split: "test", splits: { test: 4 } })).toContain(
      '<span class="en" lang="en">test</span><span class="zh" lang="zh">测试</span><span class="en" lang="en"> rows</span>',
    );
    const notes = [
      "3 of the 4 rows are marked as training or validation rows: a model that was trained on them is better on them than on new ones.",
    ];
    const mixed = of({ split: "all", splits: { train: 2, validation: 1, test: 1 }, notes });
    expect(mixed).toContain('<span class="zh" lang="zh">训练</span> 2, ');
    expect(mixed).toContain("4 个样本中有 3 个标为训练或验证样本");
    expect(mixed).toContain("3 of the 4 rows are marked");
    const learned = of({ split: "all", splits: { train: 2 }, notes: learnedNote({ train: 2 }, 4, true) });
    expect(learned).toContain("模型是用这份数据或同名数据训练的：4 个样本中有 4 个不是测试样本");
  });

  test("says of composed rows that they are, in both languages", () => {
    const report = { ...one.report, notes: [PAIRING_CAVEAT] };
    const composed = reportPage(analyze({ report, predictions: [] }));
    expect(composed).toContain(
      `<span class="en" lang="en">${PAIRING_CAVEAT}</span><span class="zh" lang="zh">人为配对：`,
    );
    expect(noteInBoth("Acted.")).toBe("Acted.");
    expect(noteInBoth(`Of the data that the model was trained on: ${PAIRING_CAVEAT}`)).toEqual(
      both(
        `Of the data that the model was trained on: ${PAIRING_CAVEAT}`,
        `关于模型的训练数据：${caveatInChinese(PAIRING_CAVEAT)}`,
      ),
    );
  });

  test("tells for how many rows something is known, and marks their own share of mistakes", () => {
    // Of the first row alone, which is right; of all four rows two are wrong.
    const known = reportPage(analyze(one, { facts: facts.slice(0, 1) }));
    expect(known).toContain("Known for 1 of 4 rows, of which 0.0\u202f% are wrong: here the line marks this share.");
    expect(known).toContain("4 个样本中 1 个已知此项，其中判错 0.0\u202f%");
    // By characters, seconds, brightness, noise and language.
    expect(known.match(/Known for 1 of 4 rows/gu)).toHaveLength(5);
    const marks = [...known.slice(known.indexOf('id="mistakes"')).matchAll(/class="mark" x1="([\d.]+)"/gu)];
    expect(marks.slice(0, 5).map(([, at]) => at)).toEqual(Array(5).fill("5.0"));
    expect(page).not.toContain("Known for");
  });

  test("has every section that the analysis has something for", () => {
    const sections = [...page.matchAll(/<section id="([a-z]+)"/gu)].map(([, id]) => id);
    expect(sections).toEqual([
      "comparison",
      "metrics",
      "classes",
      "confusion",
      "subsets",
      "groups",
      "mistakes",
      "curves",
      "calibration",
      "risk",
      "skipped",
      "terms",
    ]);
  });

  test("says what it lacks where predictions or scores were not kept", () => {
    const bare = reportPage(analyze({ report: one.report, predictions: [] }));
    expect(bare).toContain("Predictions of the rows were not kept");
    expect(bare).not.toContain('id="mistakes"');
    const plainRows = one.predictions.map(({ scores: _scores, ...row }) => row);
    expect(reportPage(analyze({ report: one.report, predictions: plainRows }))).toContain(
      "scores of all labels were not kept",
    );
  });

  test("shows the second model of a comparison wherever the first has numbers", () => {
    const part = (id: string) => page.slice(page.indexOf(`<section id="${id}"`)).split("</section>")[0] ?? "";
    expect(page).toContain("<title>one 1.0 · two 1.0 · made-here</title>");
    expect(page).toMatch(/<h1><span class="en" lang="en">one 1\.0 and two 1\.0<.*?>one 1\.0 与 two 1\.0</su);
    // Right on 2 of 4 and on 3 of 4 rows.
    const tiles = /<dl class="facts">.*?<\/dl>/su.exec(page)?.[0] ?? "";
    expect(tiles.match(/<dd>/gu)).toHaveLength(8);
    expect(tiles).toMatch(/50\.0\u202f%.*75\.0\u202f%/su);
    expect(page.match(/<p class="lead"><span class="id">(?:one|two) 1\.0<\/span>/gu)).toHaveLength(2);
    for (const id of ["metrics", "subsets", "groups", "calibration", "risk"]) expect(part(id)).toContain("two 1.0");
    expect(part("subsets")).toContain("62.5\u202f%");
    for (const id of ["metrics", "subsets", "groups"]) expect(part(id)).toContain('class="dot other"');
    for (const id of ["calibration", "risk"]) expect(part(id)).toContain('class="line other"');
    const alone = reportPage(analyze(one));
    expect(alone).not.toMatch(/class="(dot|line) other"/u);
    expect(alone).toContain("<h1>one 1.0</h1>");
  });

  test("on paper, what heads a chart stays with it", () => {
    const kept = /@media print.*?([^{}]*)\{ break-after: avoid; \}/su.exec(page)?.[1]?.split(",") ?? [];
    expect(kept.map((selector) => selector.trim())).toEqual(expect.arrayContaining(["h2", "h3", "h3 + p", ".legend"]));
  });

  test("is the same for the same analysis", () => {
    expect(reportPage(analysis, { date: "2026-01-02", generator: "affekt 0" })).toBe(page);
  });

  test("shows rows with several labels without what needs one label each", () => {
    const { task: _task, ...circumstances } = one.report;
    const report: Report = {
      ...circumstances,
      ...multiReport(
        {
          labels: LABELS,
          probabilities: Float64Array.of(0.9, 0.6, 0.2, 0.8),
          truth: Uint8Array.of(1, 1, 0, 1),
          thresholds: [0.5, 0.5],
          groups: { language: ["en", "zh"] },
        },
        random(1),
        { resamples: 10 },
      ),
    };
    const multi = reportPage(analyze({ report, predictions: [] }));
    expect(multi).not.toContain('id="confusion"');
    expect(multi).toContain("The whole set of labels is right");
    expect(multi).toContain("all pairs of a row and a label");
    expect(multi).toContain("its confidence is the probability of that set");
    const { riskCoverage: _riskCoverage, ...older } = report;
    expect(reportPage(analyze({ report: older as Report, predictions: [] }))).not.toContain('id="risk"');
    expect(multi).toContain('id="groups"');
    expect(unbalanced(multi)).toEqual([]);
  });
});

describe("the writing of numbers and names", () => {
  test("percent, counts, points and probabilities", () => {
    expect(percent(0.6214)).toBe("62.1\u202f%");
    expect(count(1234567)).toBe("1,234,567");
    expect([points(0.021), points(-0.021), points(0.0001)]).toEqual(["+2.1", "−2.1", "±0.0"]);
    expect([probability(0.0001), probability(0.034)]).toEqual(["<\u202f0.001", "=\u202f0.034"]);
    expect([plain(12345.6), plain(12.34), plain(0.123), plain(7)]).toEqual(["12,346", "12.3", "0.12", "7"]);
  });

  test("labels have their Chinese names, unknown ones stay, none is a dash", () => {
    expect(labelName("joy")).toEqual(both("joy", "快乐"));
    expect(labelName("anger+joy")).toEqual(both("anger + joy", "愤怒 + 快乐"));
    expect(labelName("<odd>")).toEqual({ markup: "&lt;odd&gt;" });
    expect(labelName("")).toEqual({ markup: "–" });
  });

  test("a template leaves nothing of what is not there", () => {
    expect(html`a${null}${undefined}${false}${[1, "<", html`<b>`]}`).toEqual({ markup: "a1&lt;<b>" });
  });

  test("a note with labels and counts is said in Chinese, one that is not known stays", () => {
    const drawn = "Intervals draw whole subjects; 1 of the 3 rows have none and are drawn one by one.";
    expect(noteInBoth(drawn)).toEqual(both(drawn, "区间按整个被试抽样；3 个样本中有 1 个没有被试信息，逐个抽取。"));
    expect(noteInBoth("Left out because the model lacks the label: 12 contempt, 3 trust.")).toEqual(
      both(
        "Left out because the model lacks the label: 12 contempt, 3 trust.",
        "因模型没有相应标签而未纳入：轻蔑 12 个、信任 3 个。",
      ),
    );
    expect(noteInBoth("Something new.")).toBe("Something new.");
  });
});
