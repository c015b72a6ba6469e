/** The robustness curves as a page. */
import { markdownTable, withInterval } from "../markdown.ts";
import type { RobustnessResults } from "../results.ts";

export function robustnessPage({ curves }: RobustnessResults): string {
  return [
    "# Robustness of the face and speech models",
    "",
    "Written by `npm run bench -- robustness --root DATA --write`.",
    "",
    "The same test rows under every condition, evenly spread over FER2013 and the four RAVDESS speakers that the shipped model does not",
    "know; faces that also stand in training are left out. Accuracy over seven classes, each clip normalized by itself. The experts are",
    "asked directly, but for faces in a picture: in a recognizer a detector comes first, which finds fewer faces where they are covered,",
    "dark or far, and whose eyes tell how far a face is tilted, so that it is turned upright before it is read.",
    "",
    "What is done to a face is drawn or computed, as there are no pairs of photographs: glasses, sunglasses and masks lie where eyes and",
    "mouths of FER2013 crops usually are, so that on a turned head they hide more or less than real ones would (the frames of clear",
    "glasses are dark and thick, 3 % of the side); the corners of a turned picture repeat its edge; less light is fewer grey levels, with",
    "sensor noise of a deviation of 3 of 255 that stays. The source has 48 pixels a side: fewer are averaged out of them, more are",
    "interpolated and hold no more detail.",
    "",
    ...curves.flatMap(({ id, model, title, points }) => [
      `## ${title}`,
      "",
      `![${title}: accuracy by condition](robustness/${id}.svg)`,
      "",
      `${points[0]?.rows} ${model === "face" ? "faces" : "clips"}.`,
      "",
      markdownTable(
        ["Condition", ...points.map(({ condition }) => condition)],
        [["Accuracy", ...points.map((point) => withInterval(point.share, point))]],
      ),
      "",
    ]),
  ].join("\n");
}
