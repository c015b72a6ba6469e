/** The measured parts of a card. */
import { CALIBRATION_AIM, markdownTable, percent, short, withInterval } from "../markdown.ts";
import type { Share } from "../results.ts";
import { type CardFacts, staleNote } from "./facts.ts";

/** How the sets that the whole recognizer was shown are called. */
const SHOWN: Readonly<Record<string, string>> = { text: "text", face: "picture", speech: "sound" };

const METRICS = { accuracy: "accuracy", uar: "UAR", macroF1: "macro-F1" } as const;

function perClass({ quality }: CardFacts): string[] {
  const [first] = quality;
  if (first?.result.perClass === undefined) return [];
  return [
    "",
    `By class, on ${first.row.title.en}:`,
    "",
    markdownTable(
      ["Class", "Rows", "Recall", "Precision", "F1"],
      Object.entries(first.result.perClass).map(([label, { recall, low, high, precision, f1, rows }]) => [
        label,
        rows,
        withInterval(recall, { low, high }),
        short(precision),
        short(f1),
      ]),
    ),
  ];
}

function groups({ quality }: CardFacts): string[] {
  return quality.flatMap(({ row, result }) =>
    Object.entries(result.groups ?? {}).flatMap(([field, values]) => [
      "",
      `By ${field}, on ${row.title.en}:`,
      "",
      markdownTable(
        ["Group", "Rows", "Accuracy"],
        Object.entries(values).map(([value, { rows, accuracy, low, high }]) => [
          value,
          rows,
          withInterval(accuracy, { low, high }),
        ]),
      ),
    ]),
  );
}

export function qualityLines(facts: CardFacts): string[] {
  const { quality } = facts;
  if (quality.length === 0) return ["Not measured on test rows yet."];
  const earlier = quality.some(({ result }) => {
    const [model] = result.models;
    return model?.sha256 !== undefined && model.sha256 !== facts.sha256;
  });
  return [
    ...(earlier ? ["Measured on an earlier file of this model.", ""] : []),
    markdownTable(
      ["Test rows", "n", "Value", `Calibration error (aim ${short(CALIBRATION_AIM)})`, "Protocol"],
      quality.map(({ row, result }) => [
        row.title.en,
        result.rows,
        `${METRICS[row.metric]} ${withInterval(result.value, result)}`,
        result.ece === undefined ? "–" : short(result.ece),
        row.protocol,
      ]),
    ),
    "",
    "In brackets: 95 % intervals. [All test rows, with the figures of others](../benchmarks/quality.md).",
    ...perClass(facts),
    ...groups(facts),
  ];
}

export function behaviourLines(facts: CardFacts): string[] {
  const { behaviour, contract } = facts;
  const own = behaviour?.kinds.filter(({ model }) => model === contract.id) ?? [];
  if (own.length === 0) return [];
  return [
    ...staleNote(behaviour?.models, facts),
    markdownTable(
      ["Kind of pair", "Pairs", "Passed"],
      own.map(({ kind, rows, share }) => [kind, rows, percent(share)]),
    ),
    "",
    "[What the kinds mean, and the pairs](../benchmarks/behaviour.md).",
  ];
}

export function robustnessLines(facts: CardFacts): string[] {
  const { robustness, contract } = facts;
  const own = robustness?.curves.filter(({ model }) => model === contract.id) ?? [];
  if (own.length === 0) return [];
  return [
    ...staleNote(robustness?.models, facts),
    ...own.flatMap(({ id, title, points }) => [
      `![${title}: accuracy by condition](../benchmarks/robustness/${id}.svg)`,
      "",
      `${title}: ${points.map(({ condition, share }) => `${condition} ${short(share)}`).join(", ")}.`,
      "",
    ]),
    `Accuracy on ${own[0]?.points[0]?.rows} test rows; [how it was made](../benchmarks/robustness.md).`,
  ];
}

export function trustLines(facts: CardFacts): string[] {
  const { trust, contract } = facts;
  const own = trust?.sets.filter(({ model }) => model === contract.id) ?? [];
  if (own.length === 0) return [];
  // Titles through the recognizer begin with what is shown: "picture: noise"
  const whole = new Map(
    trust?.sets
      .filter(({ model }) => model === "recognizer")
      .map((set) => [set.title.slice(set.title.indexOf(": ") + 2), set] as const)
      .filter(([, { title }]) => title.startsWith(`${SHOWN[contract.modality] ?? "nothing"}: `)),
  );
  const silent = ({ share, low, high }: Share): string => `${percent(share)} (${percent(low)}–${percent(high)})`;
  return [
    ...staleNote(trust?.models, facts),
    markdownTable(
      ["Shown", "n", "Names no label", "Through the whole recognizer", "n"],
      own.map((set) => {
        const through = whole.get(set.title);
        return [set.title, set.rows, silent(set), through ? silent(through) : "–", through?.rows ?? "–"];
      }),
    ),
    "",
    "The recognizer refuses a picture without a face and sound without speech; it names no label for a text in a language that no model",
    "reads, nor for one that is code, a log or numbers.",
    "",
    "[How it was measured](../benchmarks/trust.md).",
  ];
}
