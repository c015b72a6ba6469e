import { describe, expect, test } from "vitest";
import { tinyConfig } from "../../../test/support/train-config.ts";
import { parseTrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import type { Undecodable } from "../tasks/undecodable.ts";
import { spread } from "./line-chart.ts";
import { trainingReport } from "./page.ts";
import type { ReportInput } from "./report-input.ts";
import { epochTicks, niceTicks, tickLabel } from "./ticks.ts";

const config = parseTrainConfig(tinyConfig({ labels: ["anger", "joy & <more>"] }));
const history = [0.5, 0.8, 0.7].map(
  (score, index): EpochReport => ({
    epoch: index + 1,
    score,
    metrics: { accuracy: score },
    loss: 1 - score,
    learningRate: 0.1,
    best: index < 2,
    seconds: 2,
  }),
);
const input: ReportInput = {
  config,
  task: { trainingRows: 10, validationRows: 5 },
  history,
  schedule: () => 0.1,
  updates: 5,
  command: "affekt train tiny.json",
  today: "2026-01-31",
  confusion: [
    [3, 1],
    [0, 4],
  ],
};

describe("the report", () => {
  test("stands alone: nothing in it refers to another place", () => {
    expect(trainingReport(input)).not.toMatch(/<script|<link|<img|src=|href=|url\(/u);
  });

  test("has every chart, marks the best epoch and escapes what it is given", () => {
    const page = trainingReport(input);
    expect(page.match(/<svg /gu)).toHaveLength(4);
    expect(page).toContain("epoch 2 of 3, accuracy 80.00 %");
    expect(page.match(/<tr class="best">/gu)).toHaveLength(1);
    expect(page).toContain("joy &amp; &lt;more&gt;");
    expect(page).not.toContain("<more>");
    // Three of four angry rows were recognized.
    expect(page).toContain(">75 %<");
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  test("says everything in English and Chinese, and shows one of them first", () => {
    const page = trainingReport(input);
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/id="en"[^>]* checked="checked"/u);
    expect(page).toContain("验证集上最好的一轮：第 2 轮（共 3 轮），准确率 80.00 %。");
    const count = (language: string) => page.match(new RegExp(`class="${language}" lang="${language}"`, "gu"))?.length;
    expect(count("zh")).toBe(count("en"));
    // No text outside of the two languages but numbers, labels and the configuration.
    const bare = page
      .replace(/<(head|pre|code)>.*?<\/\1>/gsu, "")
      .replace(/<(span|tspan) class="(en|zh)".*?<\/\1>/gsu, "")
      .replace(/<title>.*?<\/title>|<label.*?<\/label>|<[^>]+>/gsu, " ")
      .replace(/anger|joy &amp; &lt;more&gt;/gu, "");
    expect(bare).toMatch(/^[\s\d.%–es+-]*$/u);
    const chinese = trainingReport({ ...input, language: "zh" });
    expect(chinese).toContain('<html lang="zh">');
    expect(chinese).toMatch(/id="zh"[^>]* checked="checked"/u);
  });

  test("names the metrics of further columns, a correlation without percent", () => {
    const metrics = { accuracy: 0.5, "valence ccc": 0.25, "strength accuracy": 0.75 };
    const page = trainingReport({ ...input, history: history.map((report) => ({ ...report, metrics })) });
    expect(page).toContain("accuracy 50.00 %, valence CCC 0.250, strength accuracy 75.00 %");
    expect(page).toContain("准确率 50.00 %，valence 一致性相关系数 0.250，strength 准确率 75.00 %");
  });

  test("draws a small chart for each further column, and leaves it out of the others", () => {
    const columns = history.map((report, at) => ({
      ...report,
      // No validation row of the first epoch had a strength.
      metrics: { accuracy: 0.5, "mean valence ccc": 0.25 + at / 4, ...(at === 0 ? {} : { "strength accuracy": 0.75 }) },
    }));
    const page = trainingReport({ ...input, history: columns });
    expect(page.match(/<svg /gu)).toHaveLength(6);
    const figures = [...page.matchAll(/<figure>(.*?)<\/figure>/gsu)].map(([, figure = ""]) => figure);
    expect(figures.map((figure) => /lang="en">([^<]*)/u.exec(figure)?.[1])).toEqual([
      "mean valence CCC",
      "strength accuracy",
    ]);
    expect(figures.map((figure) => /lang="zh">([^<]*)/u.exec(figure)?.[1])).toEqual([
      "mean valence 一致性相关系数",
      "strength 准确率",
    ]);
    const points = figures.map((figure) => /points="([^"]*)"/u.exec(figure)?.[1]?.split(" ").length);
    expect(points).toEqual([3, 2]);
    expect(/aria-label="Metrics per epoch.*?<\/svg>/su.exec(page)?.[0].match(/<polyline/gu)).toHaveLength(1);
    expect(trainingReport(input)).not.toContain("<figure>");
  });

  test("lists the rows that were left out, and says nothing where there are none", () => {
    const undecodable = [{ id: "r<1>", code: "media" as const, reason: "Cannot decode a.png." }];
    const page = trainingReport({ ...input, leftOut: { broken: 2, undecodable } });
    expect(page).toContain("2 broken in the manifest, 1 whose media cannot be decoded.");
    expect(page).toContain("<td>r&lt;1&gt;</td><td>Cannot decode a.png.</td>");
    expect(trainingReport({ ...input, leftOut: { broken: 0, undecodable: [] } })).not.toContain("Rows left out");
    const many = Array.from({ length: 60 }, (_, at) => ({ ...undecodable[0], id: `r${at}` }) as Undecodable);
    expect(trainingReport({ ...input, leftOut: { broken: 0, undecodable: many } })).toContain("and 10 more");
  });

  test("names the labels that no row has, and says nothing where each has some", () => {
    const page = trainingReport({ ...input, uncovered: { training: ["joy"], validation: ["anger", "joy"] } });
    expect(page).toContain("No training row has the label joy: the model cannot learn it.");
    expect(page).toContain("训练样本中没有：快乐；模型无从学会。");
    expect(page).toContain("No validation row has the label anger, joy: the metrics say nothing about it.");
    expect(page).toContain("验证样本中没有：愤怒、快乐；指标对此无从说明。");
    expect(trainingReport({ ...input, uncovered: { training: [], validation: [] } })).toBe(trainingReport(input));
  });

  test("says how long the network waited for data, where that was measured", () => {
    const page = trainingReport({ ...input, history: history.map((report) => ({ ...report, waitShare: 0.1234 })) });
    expect(page.match(/>12\.3 %</gu)).toHaveLength(3);
    expect(page).toContain("the share of the training time in which the network waited");
    expect(trainingReport(input)).toContain("<td>–</td>");
  });

  test("draws a rate that falls at once as stairs, and names both sides of the confusion", () => {
    const schedule: ReportInput["schedule"] = (step) => (step < 10 ? 0.1 : 0.01);
    const stepped = parseTrainConfig(
      tinyConfig({ training: { epochs: 3, batch: 8, learningRate: 0.1, schedule: "step" } as never }),
    );
    const rates = (page: string) =>
      /aria-label="learning rate.*?<polyline points="([^"]*)"/su.exec(page)?.[1]?.split(" ");
    const heights = (points: readonly string[] = []) => new Set(points.map((point) => point.split(",")[1]));
    const drawn = rates(trainingReport({ ...input, config: stepped, schedule }));
    expect(heights(drawn).size).toBe(2);
    // A corner: both rates stand above the same update.
    const places = drawn?.map((point) => point.split(",")[0]) ?? [];
    expect(places.length - new Set(places).size).toBe(1);
    const sloped = rates(trainingReport({ ...input, schedule }));
    expect(sloped?.length).toBe(new Set(sloped?.map((point) => point.split(",")[0])).size);
    expect(trainingReport(input)).toMatch(/rotate\(-90 [^>]*><tspan class="en" lang="en">truth<.*?真实</u);
  });

  test("can be made after the first epoch, without a confusion matrix", () => {
    const page = trainingReport({ ...input, history: history.slice(0, 1), confusion: undefined });
    expect(page.match(/<svg /gu)).toHaveLength(3);
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });
});

describe("axes", () => {
  test("ticks are round and cover the values", () => {
    expect(niceTicks(0.13, 0.94)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    expect(niceTicks(3, 3).length).toBeGreaterThan(1);
    expect([0.2, 0.05, 20, 0.0001].map((value) => tickLabel(value, value))).toEqual(["0.2", "0.05", "20", "1e-4"]);
  });

  test("epochs are whole numbers", () => {
    expect(epochTicks(4)).toEqual([1, 2, 3, 4]);
    expect(epochTicks(40)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
  });

  test("labels that would overlap move apart and stay on the chart", () => {
    expect(spread([50, 52, 10], 15, 0, 100)).toEqual([50, 65, 10]);
    expect(spread([99, 100], 15, 0, 100)).toEqual([85, 100]);
  });
});
