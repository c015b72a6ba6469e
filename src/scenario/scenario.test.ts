import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { alertsOf, applyScenario } from "./apply.ts";
import { OUTSIDE_EU } from "./outside-eu.ts";
import { allowedModalities, checkPolicy, modalitiesOf } from "./policy.ts";
import { parseScenario, type Scenario } from "./scenario.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url);
const shipped = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Record<string, unknown>] as const,
);
const care = shipped.find(([name]) => name === "care.json")?.[1] ?? {};

/** A shipped scenario, changed. */
const changed = (change: Record<string, unknown>): Scenario => parseScenario({ ...care, ...change }, "test");

describe("a scenario file", () => {
  test.each(shipped)("%s is valid, and named as its id", (name, value) => {
    const scenario = parseScenario(value, name);
    expect(`${scenario.id}.json`).toBe(name);
    // Nobody knows what somebody feels.
    const texts = JSON.stringify([scenario.title, scenario.purpose, scenario.notice, scenario.alerts]);
    expect(texts).not.toMatch(/\bfeel/iu);
  });

  test("education says that the AI Act forbids it", () => {
    const { policy } = parseScenario(shipped.find(([name]) => name === "education.json")?.[1], "education");
    expect(policy.en).toContain("Article 5(1)(f)");
    expect(policy.zh).toContain("第5(1)(f)条");
  });

  test("with wrong fields names every one of them, typos included", () => {
    const wrong = { ...care, id: "Care!", modalities: ["smell"], retention: 5, title: { en: "Care" } };
    let said = "";
    try {
      parseScenario(wrong, "wrong.json");
    } catch (cause) {
      said = (cause as Error).message;
      expect(cause).toMatchObject({ code: "config" });
    }
    for (const part of ["wrong.json", "id:", "modalities.0:", "retention", "title.zh:"]) expect(said).toContain(part);
  });

  const rule = (care.alerts as Record<string, unknown>[])[0];
  test.each([
    ["keeps nothing for some days", { keep: { what: "nothing", days: 3 } }, "keep.days"],
    ["keeps answers for no time", { keep: { what: "answers", days: 0 } }, "keep.days"],
    ["has two rules with one id", { alerts: [rule, rule] }, "alerts.1.id"],
    [
      "watches faces that it does not look at",
      { modalities: ["text"], alerts: [{ ...rule, of: "face" }] },
      "alerts.0.of",
    ],
    ["alerts about a label that it adds up", { labels: ["joy"], alerts: [rule] }, "alerts.0.labels"],
    [
      "measures valence over some labels",
      { labels: ["joy"], alerts: [{ ...rule, kind: "drop", by: 1, withinSeconds: 5, labels: undefined }] },
      "alerts.0",
    ],
  ])("that %s is refused", (_what, change, where) => {
    expect(() => changed(change)).toThrow(where);
  });
});

describe("policy", () => {
  const education = changed({ id: "education", setting: "education" });
  const looks = ["text", "face"] as const;

  test.each(["DE", "de", "EU", "EU-FR", "NO", "fr-75", "RE", "AX", "XX", "ZZ-1", "Atlantis", ""])(
    "faces in education are refused under the law of %j",
    (jurisdiction) => {
      expect(() => checkPolicy(education, looks, { jurisdiction, basis: "consent" })).toThrow("Article 5(1)(f)");
      expect(() => checkPolicy(changed({ setting: "workplace" }), ["speech"], { jurisdiction })).toThrow("workplace");
    },
  );

  test("a medical or safety basis is an exception; elsewhere, and of text alone, there is no such ban", () => {
    for (const basis of ["medical", " Safety "]) checkPolicy(education, looks, { jurisdiction: "DE", basis });
    checkPolicy(education, looks, { jurisdiction: "US-CA" });
    checkPolicy(education, ["text"], {});
    checkPolicy(changed({}), looks, { jurisdiction: "DE", basis: "consent" });
  });

  test("every country and territory is either outside of the European Economic Area, or counts as inside", () => {
    // Members of the EU and the EEA, Åland, and the six outermost regions of France that have codes
    const inside =
      "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE NO IS LI AX GF GP MF MQ RE YT";
    const known = new Set([...inside.split(" "), ...OUTSIDE_EU.filter((code) => code !== "UK")]);
    // ISO 3166-1 has 249 codes
    expect(known.size).toBe(249);
    expect(OUTSIDE_EU).toHaveLength(249 - inside.split(" ").length + 1);
  });

  test("where nobody says whose law applies, faces and voices are refused", () => {
    expect(() => checkPolicy(changed({}), ["face"], {})).toThrow("whose law applies");
  });

  test("only what the scenario looks at may be asked for; media count as what they show", () => {
    expect(allowedModalities(changed({ modalities: ["text", "speech"] }), ["speech", "face"])).toEqual(["speech"]);
    expect(() => allowedModalities(changed({ modalities: ["text"], alerts: [] }), ["face"])).toThrow("looks at text");
    expect(modalitiesOf({ video: "a.mp4" }, ["text", "face", "speech"])).toEqual(["face", "speech"]);
    expect(modalitiesOf({ text: "a", image: "b" }, ["speech", "text"])).toEqual(["text"]);
  });
});

describe("what it makes of a prediction", () => {
  const scores = [
    { label: "fear", score: 0.5 },
    { label: "disgust", score: 0.3 },
    { label: "joy", score: 0.2 },
  ];
  const prediction = {
    label: "fear",
    confidence: 0.5,
    scores,
    modalities: {
      text: { present: true, quality: 1, weight: 1, scores, model: "m" },
      face: { present: false, reason: "none", code: "no-face" },
    },
    faces: [{ box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 0.9, scores }],
  } as const;

  test("labels that it does not ask for become other, everywhere; a face keeps its detector's confidence", () => {
    const own = applyScenario(changed({ labels: ["joy"], alerts: [], abstainBelow: 0 }), prediction);
    const narrow = [
      { label: "other", score: 0.8 },
      { label: "joy", score: 0.2 },
    ];
    expect(own).toMatchObject({ label: "other", confidence: 0.8, scores: narrow });
    expect(own.modalities.text).toMatchObject({ scores: narrow, weight: 1 });
    expect(own.modalities.face).toEqual(prediction.modalities.face);
    expect(own.faces?.[0]).toMatchObject({ confidence: 0.9, scores: narrow });
  });

  test("below its threshold no label is named, and the reason is told", () => {
    const own = applyScenario(changed({ abstainBelow: 0.51 }), prediction);
    expect(own).toMatchObject({ label: null, confidence: 0.5, abstainCode: "low-confidence" });
    expect(own.abstained).toContain("0.51");
    expect(applyScenario(changed({ abstainBelow: 0.5 }), prediction)).toBe(prediction);
  });

  test("segments of a recording raise alerts along its time; without any, the answer does at once", () => {
    const sad = [
      { label: "sadness", score: 0.9 },
      { label: "joy", score: 0.1 },
    ];
    const segments = [0, 1, 2].map((at) => ({
      modality: "speech" as const,
      startMs: at * 20_000,
      endMs: at * 20_000 + 15_000,
      label: "sadness",
      confidence: 0.9,
      scores: sad,
    }));
    // care: sadness and fear of at least 0.6 for 30 s; the second segment ends at 35 s
    const [alert, ...more] = alertsOf(changed({}), { ...prediction, segments });
    expect(alert).toMatchObject({ rule: "lasting-distress", startMs: 0, endMs: 35_000 });
    expect(alert?.value).toBeCloseTo(0.9, 9);
    expect(more).toEqual([]);
    const frightened = [{ label: "fear", score: 1 }];
    expect(alertsOf(changed({}), { ...prediction, scores: frightened })).toMatchObject([{ rule: "sudden-fear" }]);
  });
});
