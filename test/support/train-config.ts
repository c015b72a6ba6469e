/** The smallest configuration of a training, for tests in which nothing is trained. */
const TINY = {
  id: "tiny",
  version: "1.0.0",
  modality: "text",
  labels: ["anger", "joy"],
  data: [{ manifest: "rows.jsonl" }],
  features: { languages: ["en"] },
  training: { epochs: 3, batch: 8, learningRate: 0.1 },
};

export function tinyConfig(change: Partial<typeof TINY> = {}): typeof TINY {
  return { ...TINY, ...change };
}
