/** `/v1/trainings`: trainings on this machine, their curves and reports, and which of their models serve. */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import { type Endpoint, endpoint, ok, type Reply } from "../endpoint.ts";
import { MANIFEST_NAME } from "../training/manifest-shelf.ts";
import type { Operator } from "../training/operator.ts";
import { RunRecord } from "../training/run-record.ts";
import { ColumnScore } from "../training/test-scores.ts";
import { RUN_ID, type Run } from "../training/training-desk.ts";
import { Advanced, SIZES } from "../training/training-plan.ts";

const Params = z.strictObject({ id: z.string().regex(RUN_ID, "expected the id of a training") });

const NewTraining = z
  .strictObject({
    manifest: z.string().regex(MANIFEST_NAME, "expected the name of a manifest"),
    modality: z.enum(MODALITIES),
    labels: z.array(z.string().min(1).max(100)).min(2).max(64),
    epochs: z.int().min(1).max(500),
    size: z.enum(SIZES).default("small"),
    advanced: Advanced.default({}).meta({
      description: "Fields of the configuration of a training (docs/training.md) that go before the defaults.",
    }),
  })
  .meta({ id: "NewTraining" });

const Epoch = z.looseObject({
  epoch: z.int(),
  loss: z.number(),
  validationLoss: z.number(),
  learningRate: z.number(),
  score: z.number(),
  metrics: z.record(z.string(), z.number()),
  seconds: z.number(),
  best: z.boolean(),
});

const Training = RunRecord.omit({ config: true })
  .extend({
    config: z.record(z.string(), z.unknown()),
    history: z.array(Epoch),
    step: z.object({ epoch: z.int(), step: z.int(), steps: z.int(), loss: z.number() }).nullable(),
    undecodable: z.int(),
    secondsLeft: z.number().nullable(),
    scores: z.record(z.string(), z.number()).nullable().meta({ description: "On the test rows, once evaluated." }),
    columnScores: z
      .record(z.string(), ColumnScore)
      .nullable()
      .meta({ description: "Of the further columns of its model, by field, on the test rows; null: it has none." }),
    serving: z.boolean().meta({ description: "Whether its model was promoted." }),
  })
  .meta({ id: "Training" });

const Promotion = z
  .object({
    model: z.string(),
    labels: z.array(z.string()),
    replaces: z.array(z.object({ id: z.string(), version: z.string(), labels: z.array(z.string()) })),
  })
  .meta({ id: "Promotion" });

/** A report is a page with its own style and script; it may load nothing, and counts as of another origin. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts; frame-ancestors 'none'";

/** From the epochs so far; null before the first one. */
function secondsLeft({ state, history, step, config }: Run): number | null {
  if (state !== "running" || history.length === 0) return null;
  const each = history.reduce((sum, { seconds }) => sum + seconds, 0) / history.length;
  const begun = step !== null && step.epoch > history.length ? step.step / step.steps : 0;
  return Math.max(0, each * (config.training.epochs - history.length - begun));
}

export function trainingsEndpoints(operator: Operator): Endpoint[] {
  const { desk, serving, allow, audit, clock } = operator;
  const isServing = (id: string): boolean => serving.promotions().some(({ run }) => run === id);
  async function shown(run: Run) {
    const { id } = run;
    const { scores = null, columnScores = null } = (await desk.scores(id)) ?? {};
    return { ...run, secondsLeft: secondsLeft(run), scores, columnScores, serving: isServing(id) };
  }
  const one = async (run: Run, status = 200): Promise<Reply> => ({ status, body: await shown(run) });
  const says = (text: string) => ({ 200: { says: text, schema: Training } });

  function act(verb: "cancel" | "resume" | "evaluate", summary: string): Endpoint {
    return endpoint(
      {
        method: "POST",
        path: `/v1/trainings/{id}/${verb}`,
        summary,
        scope: "admin",
        params: Params,
        replies: says("The training."),
        fails: ["input", "not-found", "conflict"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        const run = await desk[verb](id);
        await audit(caller, `${verb}-training`, { id });
        return one(run);
      },
    );
  }

  return [
    endpoint(
      {
        method: "POST",
        path: "/v1/trainings",
        summary: "Start a training",
        description: "One is trained at a time, in a process of its own with a low priority; the others wait.",
        scope: "admin",
        body: NewTraining,
        replies: { 202: { says: "It waits, or has begun.", schema: Training } },
        fails: ["input", "not-found", "manifest", "data", "config"],
      },
      async ({ body: { manifest, advanced, ...choices }, caller }) => {
        allow(caller);
        const run = await desk.start(manifest, choices, advanced);
        await audit(caller, "start-training", { id: run.id, manifest });
        return one(run, 202);
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/trainings",
        summary: "List the trainings, newest first",
        scope: "admin",
        replies: { 200: { says: "All of them.", schema: z.object({ trainings: z.array(Training) }) } },
        fails: [],
      },
      async ({ caller }) => {
        allow(caller);
        return ok({ trainings: await Promise.all((await desk.list()).map(shown)) });
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/trainings/{id}",
        summary: "See how far a training is, with its curves",
        scope: "admin",
        params: Params,
        replies: says("The training."),
        fails: ["input", "not-found"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        return one(await desk.get(id));
      },
    ),
    act("cancel", "Cancel a training; it can be resumed"),
    act("resume", "Go on with a training that was cancelled or failed"),
    act("evaluate", "Measure the model of a training on the test rows"),
    endpoint(
      {
        method: "GET",
        path: "/v1/trainings/{id}/report",
        summary: "Read the report of a training, or of its evaluation",
        scope: "admin",
        params: Params,
        query: z.strictObject({ of: z.enum(["training", "evaluation"]).default("evaluation") }),
        replies: { 200: { says: "A page.", type: "text/html; charset=utf-8" } },
        fails: ["input", "not-found"],
      },
      async ({ params: { id }, query: { of }, caller }) => {
        allow(caller);
        return { status: 200, body: await desk.report(id, of), policy: REPORT_POLICY };
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/trainings/{id}/promotion",
        summary: "See what would change if this model served",
        scope: "admin",
        params: Params,
        replies: { 200: { says: "The models that it would take the place of.", schema: Promotion } },
        fails: ["input", "not-found", "conflict"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        const replaced = await serving.replacedBy(await desk.modelOf(id));
        return ok({
          model: id,
          labels: (await desk.get(id)).labels,
          replaces: replaced.map(({ contract }) => ({
            id: contract.id,
            version: contract.version,
            labels: [...contract.labels],
          })),
        });
      },
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/trainings/{id}/promotion",
        summary: "Have the model of a training serve, without a pause",
        description: "Its contract is checked first. What it replaces is kept and comes back with DELETE.",
        scope: "admin",
        params: Params,
        replies: says("The training, whose model serves."),
        fails: ["input", "not-found", "conflict", "model", "contract"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        await serving.promote({ run: id, model: await desk.modelOf(id), promotedAt: clock().toISOString() });
        await audit(caller, "promote-model", { id });
        return one(await desk.get(id));
      },
    ),
    endpoint(
      {
        method: "DELETE",
        path: "/v1/trainings/{id}/promotion",
        summary: "Restore the model that served before",
        scope: "admin",
        params: Params,
        replies: says("The training, whose model no longer serves."),
        fails: ["input", "not-found", "model"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        await serving.withdraw(id);
        await audit(caller, "restore-model", { id });
        return one(await desk.get(id));
      },
    ),
    endpoint(
      {
        method: "DELETE",
        path: "/v1/trainings/{id}",
        summary: "Delete a training with its model and reports",
        scope: "admin",
        params: Params,
        replies: { 200: { says: "It is gone.", schema: z.object({ deleted: z.string() }) } },
        fails: ["input", "not-found", "conflict"],
      },
      async ({ params: { id }, caller }) => {
        allow(caller);
        if (isServing(id)) throw new AffektError("conflict", "Its model serves.", "Restore the earlier one first.");
        await desk.remove(id);
        await audit(caller, "delete-training", { id });
        return ok({ deleted: id });
      },
    ),
  ];
}
