/** Where the model is wrong. */
import type { ErrorAnalysis } from "../analysis/error-analysis.ts";
import type { Mistake } from "../analysis/mistakes.ts";
import { NUMBER_FACTS, type NumberFact, type RowFacts } from "../analysis/row-facts.ts";
import type { NumberSlices, Slice, ValueSlice } from "../analysis/slices.ts";
import { count, decimal, percent, percentInterval, plain } from "./format.ts";
import { both, html, labelName, type Markup, type Piece } from "./markup.ts";
import { type Cell, type Column, sharesUpTo, table } from "./table.ts";

/** Characters of a text that are shown. */
const SHOWN = 240;
/** Where there are three to a line. */
const SHOWN_SHORT = 100;

interface FactWords {
  readonly name: Markup;
  readonly title: Markup;
  /** What is said if low values, or high ones, go with mistakes. */
  readonly low: Markup;
  readonly high: Markup;
  readonly text: (value: number) => string;
}

const FACTS: Readonly<Record<NumberFact, FactWords>> = {
  characters: {
    name: both("Characters", "字符数"),
    title: both("By length of the text", "按文本长度"),
    low: both("Short texts are wrong more often.", "短文本更容易判错。"),
    high: both("Long texts are wrong more often.", "长文本更容易判错。"),
    text: plain,
  },
  durationMs: {
    name: both("Seconds", "秒"),
    title: both("By length of the sound", "按语音时长"),
    low: both("Short recordings are wrong more often.", "短录音更容易判错。"),
    high: both("Long recordings are wrong more often.", "长录音更容易判错。"),
    text: (value) => (value / 1000).toFixed(1),
  },
  brightness: {
    name: both("Brightness", "亮度"),
    title: both("By brightness of the picture (0 black, 255 white)", "按图片亮度（0 为黑，255 为白）"),
    low: both("Dark pictures are wrong more often.", "暗的图片更容易判错。"),
    high: both("Bright pictures are wrong more often.", "亮的图片更容易判错。"),
    text: (value) => value.toFixed(0),
  },
  snrDb: {
    name: both("SNR, dB", "信噪比，dB"),
    title: both("By noise (speech over noise, in dB)", "按噪声（信噪比，dB）"),
    low: both("Noisy recordings are wrong more often.", "噪声大的录音更容易判错。"),
    high: both("Clean recordings are wrong more often.", "干净的录音反而更容易判错。"),
    text: (value) => value.toFixed(0),
  },
};

function quoted(facts: RowFacts | undefined, most: number): Piece {
  if (facts?.text === undefined) return null;
  const characters = [...facts.text];
  const text = characters.length > most ? `${characters.slice(0, most).join("")}…` : facts.text;
  return facts.language === undefined
    ? html`<q dir="auto">${text}</q>`
    : html`<q dir="auto" lang="${facts.language}">${text}</q>`;
}

/** Rows that were wrong, one to a line. */
export function mistakeTable(caption: Piece, mistakes: readonly Mistake[]): Markup {
  const hasText = mistakes.some(({ facts }) => facts?.text !== undefined);
  // The text shows its own length.
  const numbers = NUMBER_FACTS.filter(
    (fact) => fact !== "characters" && mistakes.some(({ facts }) => facts?.[fact] !== undefined),
  );
  const hasTruth = mistakes.some(({ scoreOfTruth }) => scoreOfTruth !== undefined);
  const columns: Column[] = [
    { name: both("Row", "样本"), kind: "id" },
    ...(hasText ? [{ name: both("Text", "文本"), kind: "said" as const }] : []),
    { name: both("Truth", "真实") },
    { name: both("Said", "回答") },
    { name: both("Confidence", "置信度"), kind: "number" },
    ...(hasTruth ? [{ name: both("Score of the truth", "真实标签得分"), kind: "number" as const }] : []),
    ...numbers.map((fact) => ({ name: FACTS[fact].name, kind: "number" as const })),
  ];
  return table(
    caption,
    columns,
    mistakes.map(({ id, truth, said, confidence, scoreOfTruth, facts }): Cell[] => [
      id,
      ...(hasText ? [quoted(facts, SHOWN)] : []),
      labelName(truth),
      labelName(said),
      percent(confidence),
      ...(hasTruth ? [scoreOfTruth === undefined ? "–" : percent(scoreOfTruth)] : []),
      ...numbers.map((fact) => {
        const value = facts?.[fact];
        return value === undefined ? "–" : FACTS[fact].text(value);
      }),
    ]),
  );
}

/** What the line of a table marks: the share wrong of the rows that the table is of. */
interface Known {
  readonly n: number;
  readonly wrong: number;
  /** All rows. */
  readonly of: number;
}

/** Said where something is not known of every row. */
function knownLine({ n, wrong, of }: Known): Markup | null {
  if (n === of) return null;
  return html`<p class="soft">${both(
    html`Known for ${count(n)} of ${count(of)} rows, of which ${percent(wrong / n)} are wrong: here the line marks this share.`,
    html`${count(of)} 个样本中 ${count(n)} 个已知此项，其中判错 ${percent(wrong / n)}：此处竖线即该比例。`,
  )}</p>`;
}

function sliceColumns(name: Piece, { n, wrong }: Known, slices: readonly Slice[]): Column[] {
  const highest = Math.max(...slices.map(({ interval }) => interval.high));
  return [
    { name },
    { name: both("Rows", "样本数"), kind: "number" },
    { name: both("Wrong", "判错"), kind: "number" },
    { name: both("95 % interval", "95 % 区间"), kind: "number" },
    { name: "", scale: { ...sharesUpTo(highest), mark: wrong / n } },
  ];
}

function numberSlices(fact: NumberFact, { n, wrong, slices, wrongIsHigher, beyondChance }: NumberSlices, of: number) {
  const words = FACTS[fact];
  const known = { n, wrong, of };
  const finding =
    wrongIsHigher === null || !beyondChance
      ? both("No effect beyond chance.", "未见超出偶然的影响。")
      : wrongIsHigher < 0.5
        ? words.low
        : words.high;
  return html`<h3>${words.title}</h3><p>${finding} ${
    wrongIsHigher !== null &&
    html`<span class="soft">${both(
      html`A wrong row has the higher value in ${percent(wrongIsHigher, 0)} of all pairs of a wrong and a right row; 50 % would be chance.`,
      html`在所有“判错–判对”样本对中，判错者取值更高的占 ${percent(wrongIsHigher, 0)}；随机水平为 50 %。`,
    )}</span>`
  }</p>${knownLine(known)}${table(
    null,
    sliceColumns(words.name, known, slices),
    slices.map(({ from, to, n: rows, errorRate, interval }): Cell[] => [
      from === to ? words.text(from) : `${words.text(from)} – ${words.text(to)}`,
      count(rows),
      percent(errorRate),
      percentInterval(interval),
      { value: errorRate, interval },
    ]),
  )}`;
}

function languageSlices(slices: readonly ValueSlice[], of: number): Markup {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const known = { n: sum(slices.map(({ n }) => n)), wrong: sum(slices.map(({ wrong }) => wrong)), of };
  return html`<h3>${both("By language", "按语言")}</h3>${knownLine(known)}${table(
    null,
    sliceColumns(both("Language", "语言"), known, slices),
    slices.map(({ value, n, errorRate, interval }): Cell[] => [
      value,
      count(n),
      percent(errorRate),
      percentInterval(interval),
      { value: errorRate, interval },
    ]),
  )}`;
}

export function errorsSection(errors: ErrorAnalysis): Markup {
  const { n, wrong, confident, pairs, byNumber, byLanguage } = errors;
  const overall = wrong / n;
  return html`<section id="mistakes"><h2>${both("Mistakes", "错误分析")}</h2><p>${both(
    html`${count(wrong)} of ${count(n)} rows are wrong (${percent(overall)}). In the tables below the line marks this share.`,
    html`${count(n)} 个样本中有 ${count(wrong)} 个判错（${percent(overall)}）。下表中的竖线即此比例。`,
  )}</p>${
    confident.length > 0 &&
    html`<h3>${both("The most confident mistakes", "置信度最高的错误")}</h3><p class="soft">${both(
      "Where the model was surest and still wrong: look here first for wrong labels in the data.",
      "模型最有把握却仍判错的样本：数据中的标注错误往往首先出现在这里。",
    )}</p>${mistakeTable(null, confident)}`
  }${
    pairs.length > 0 &&
    html`<h3>${both("Pairs that are confused most", "最常混淆的标签对")}</h3>${table(
      both("With the most confident examples of each.", "附各对中置信度最高的例子。"),
      [
        { name: both("Truth → said", "真实 → 回答") },
        { name: both("Rows", "样本数"), kind: "number" },
        { name: both("Of the truth", "占真实标签"), kind: "number" },
        { name: both("Examples", "例子"), kind: "said" },
      ],
      pairs.map(({ truth, said, count: rows, share, examples }): Cell[] => [
        html`${labelName(truth)} → ${labelName(said)}`,
        count(rows),
        percent(share),
        examples.map(
          ({ id, confidence, facts }) =>
            html`<div>${quoted(facts, SHOWN_SHORT) ?? id} <span class="soft">${decimal(confidence, 2)}</span></div>`,
        ),
      ]),
    )}`
  }${NUMBER_FACTS.map((fact) => {
    const slices = byNumber[fact];
    return slices !== undefined && numberSlices(fact, slices, n);
  })}${byLanguage.length > 0 && languageSlices(byLanguage, n)}</section>`;
}
