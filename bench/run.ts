/** `npm run bench -- NAME [options]`: runs one benchmark. */
const BENCHMARKS: Readonly<Record<string, () => Promise<{ run: (args: readonly string[]) => Promise<void> }>>> = {
  all: () => import("./quality/all.ts"),
  article: () => import("./quality/article/run.ts"),
  behaviour: () => import("./quality/behaviour/run.ts"),
  cards: () => import("./quality/cards/run.ts"),
  data: () => import("./data/run.ts"),
  degree: () => import("./quality/degree/run.ts"),
  faults: () => import("./faults/run.ts"),
  films: () => import("./films/run.ts"),
  fusion: () => import("./quality/fusion/run.ts"),
  fuzz: () => import("./serve/fuzz.ts"),
  quality: () => import("./quality/run.ts"),
  trust: () => import("./quality/trust/run.ts"),
  metadata: () => import("./quality/metadata.ts"),
  negation: () => import("./quality/negation/run.ts"),
  passes: () => import("./quality/passes/run.ts"),
  peers: () => import("./quality/peers/run.ts"),
  pool: () => import("./quality/pool/run.ts"),
  precision: () => import("./quality/precision/run.ts"),
  readme: () => import("./quality/readme.ts"),
  screenshots: () => import("./web/screenshots.ts"),
  "speech-discriminant": () => import("./quality/ravdess/discriminant.ts"),
  "speech-pool": () => import("./quality/ravdess/pool.ts"),
  "speech-model": () => import("./quality/speech/run.ts"),
  robustness: () => import("./quality/robustness/run.ts"),
  scale: () => import("./scale/run.ts"),
  soak: () => import("./soak/run.ts"),
  stream: () => import("./stream/run.ts"),
  serve: () => import("./serve/run.ts"),
  train: () => import("./train/run.ts"),
  tweeteval: () => import("./quality/tweeteval/fit.ts"),
  web: () => import("./web/run.ts"),
  waiting: () => import("./waiting/run.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = BENCHMARKS[name];
if (load === undefined) {
  console.error(
    `unknown benchmark: ${name || "none given"}\nusage: npm run bench -- ${Object.keys(BENCHMARKS).join("|")} [options]`,
  );
  process.exitCode = 2;
} else {
  const { run } = await load();
  await run(args);
}
