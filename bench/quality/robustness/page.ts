/** The robustness curves as a page. */
import { markdownTable, withInterval } from "../markdown.ts";
import type { RobustnessResults } from "../results.ts";

export function robustnessPage({ rows, curves }: RobustnessResults): string {
  return [
    "# Robustness of the face and speech models",
    "",
    "Written by `npm run bench -- robustness --root DATA --write`.",
    "",
    `The same rows under every condition: ${rows}, evenly spread, those that also stand in training left out. Accuracy over seven`,
    "classes, each clip normalized by itself. The experts are asked directly: in a recognizer a detector comes first, which finds",
    "fewer faces where they are covered, dark or far.",
    "",
    ...curves.flatMap(({ id, title, points }) => [
      `## ${title}`,
      "",
      `![${title}: accuracy by condition](robustness/${id}.svg)`,
      "",
      markdownTable(
        ["Condition", ...points.map(({ condition }) => condition)],
        [["Accuracy", ...points.map((point) => withInterval(point.share, point))]],
      ),
      "",
    ]),
  ].join("\n");
}
