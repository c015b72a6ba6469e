import { expect, test } from "vitest";
import type { Prediction } from "../../core/prediction.ts";
import { renderPrediction } from "./prediction.ts";

const screen = { columns: 60, paint: (_style: unknown, text: string) => text };
const scores = [
  { label: "joy", score: 0.8 },
  { label: "neutral", score: 0.2 },
];
const prediction: Prediction = {
  label: "joy",
  confidence: 0.8,
  scores,
  modalities: {
    text: { present: true, quality: 1, weight: 1, scores, model: "text-small@1.0.0" },
    face: { present: false, code: "no-face", reason: "no face was found in 640×480 pixels" },
  },
};

test("shows the label, every score with its bar, and what each modality gave", () => {
  const text = renderPrediction(prediction, screen);
  expect(text).toContain("appears to express joy, confidence 80.0 %");
  expect(text).toMatch(/joy {10}█{27}▎ +80\.0 %/);
  expect(text).toMatch(/text +weight +100 % +quality +100 % +says joy +80\.0 %/);
  expect(text).toContain("absent: no face was found in 640×480 pixels");
});

test("shows valence and arousal with their sign where the answer has them", () => {
  const text = renderPrediction({ ...prediction, valence: 0.61, arousal: -0.2 }, screen);
  expect(text).toMatch(/affect +valence \+0\.61 {2}arousal −0\.20/);
  expect(renderPrediction(prediction, screen)).not.toContain("affect");
});

test("shows further columns below the modality whose model answers them", () => {
  const columns = { numbers: { sentiment: -1.254 }, categories: { intensity: [{ label: "high", score: 0.71 }] } };
  const text = { present: true, quality: 1, weight: 1, scores, model: "m", columns } as const;
  const lines = renderPrediction({ ...prediction, modalities: { text } }, screen).split("\n");
  const at = lines.findIndex((line) => line.includes("says joy"));
  expect(lines.slice(at + 1).map((line) => line.trim())).toEqual(["sentiment −1.25", "intensity high 71.0 %"]);
  expect(renderPrediction(prediction, screen)).not.toContain("sentiment");
});

test("says why there is no label", () => {
  const text = renderPrediction({ ...prediction, label: null, abstained: "confidence 0.31 is below 0.4" }, screen);
  expect(text).toContain("no label: confidence 0.31 is below 0.4");
});

test("lists segments by time, and says how many it left out", () => {
  const segments = Array.from({ length: 30 }, (_, index) => ({
    modality: "speech" as const,
    startMs: index * 2500,
    endMs: (index + 1) * 2500,
    label: "joy",
    confidence: 0.5,
    scores,
  }));
  const text = renderPrediction({ ...prediction, segments }, screen);
  // The 24th segment starts at 23 · 2.5 s = 57.5 s
  expect(text).toContain("0:57.5 to 1:00.0");
  expect(text).toContain("… 6 more with --json");
});

test("shows all faces when there are several", () => {
  const face = { box: { x: 10.4, y: 20, width: 64, height: 64 }, confidence: 0.9, scores };
  const text = renderPrediction({ ...prediction, faces: [face, { ...face, box: { ...face.box, x: 200 } }] }, screen);
  expect(text).toContain("2 faces");
  expect(text).toContain("10,20 64×64");
  expect(text).toContain("200,20 64×64");
});
