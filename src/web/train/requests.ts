/** What the page Train asks of the server. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { Problem } from "../../data/row.ts";
import { serviceFetch } from "../engine/service.ts";
import { saveFile } from "../parts/save-file.ts";

export type Size = "small" | "medium" | "large";
export type State = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Choices {
  readonly modality: Modality;
  readonly labels: readonly string[];
  readonly epochs: number;
  readonly size: Size;
}

export interface Check {
  readonly name: string;
  readonly rows: number;
  readonly labels: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly modalities: Readonly<Record<Modality, number>>;
  readonly subjects: number;
  readonly examples: readonly {
    readonly id: string;
    readonly label: string;
    readonly text?: string;
    readonly media?: string;
  }[];
  readonly problems: readonly Pick<Problem, "code" | "line" | "reason">[];
  readonly counts: Readonly<Record<string, number>>;
  readonly suggested: Choices | null;
}

export interface Epoch {
  readonly epoch: number;
  readonly loss: number;
  readonly validationLoss: number;
  readonly learningRate: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly best: boolean;
}

/** Of a further column; null where a metric has no value. */
export type ColumnScore = { readonly n: number } & (
  | Readonly<{ kind: "number"; ccc: number | null; pearson: number | null; mae: number | null }>
  | Readonly<{ kind: "category"; accuracy: number | null; uar: number | null; macroF1: number | null }>
);

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

export interface Training extends Choices {
  readonly id: string;
  readonly manifest: string;
  readonly state: State;
  readonly error: Failure | null;
  readonly rows: Readonly<Record<"train" | "validation" | "test", number>>;
  readonly config: { readonly training: { readonly epochs: number } };
  readonly history: readonly Epoch[];
  readonly step: { readonly epoch: number; readonly step: number; readonly steps: number } | null;
  readonly secondsLeft: number | null;
  readonly evaluation: { readonly state: State | "none"; readonly error: Failure | null };
  readonly scores: Readonly<Record<string, number>> | null;
  readonly columnScores: Readonly<Record<string, ColumnScore>> | null;
  readonly serving: boolean;
}

export interface Promotion {
  readonly model: string;
  readonly labels: readonly string[];
  readonly replaces: readonly { readonly id: string }[];
}

async function ask<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const reply = await serviceFetch(path, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return (await reply.json()) as T;
}

const at = (id: string): string => `/v1/trainings/${encodeURIComponent(id)}`;

export const listManifests = async (): Promise<readonly string[]> =>
  (await ask<{ manifests: { name: string }[] }>("/v1/manifests")).manifests.map(({ name }) => name);
export const checkManifest = (name: string): Promise<Check> => ask(`/v1/manifests/${encodeURIComponent(name)}`);
export const addManifest = (name: string, content: string): Promise<unknown> =>
  ask("/v1/manifests", "POST", { name, content });
export const addFolder = (name: string, folder: string): Promise<unknown> =>
  ask("/v1/manifests", "POST", { name, folder });
export const listTrainings = async (): Promise<readonly Training[]> =>
  (await ask<{ trainings: Training[] }>("/v1/trainings")).trainings;
export const startTraining = (manifest: string, choices: Choices, advanced: unknown): Promise<Training> =>
  ask("/v1/trainings", "POST", { manifest, ...choices, advanced });
export const act = (id: string, verb: "cancel" | "resume" | "evaluate"): Promise<Training> =>
  ask(`${at(id)}/${verb}`, "POST");
export const removeTraining = (id: string): Promise<unknown> => ask(at(id), "DELETE");
export const seePromotion = (id: string): Promise<Promotion> => ask(`${at(id)}/promotion`);
export const promote = (id: string): Promise<Training> => ask(`${at(id)}/promotion`, "POST");
export const restore = (id: string): Promise<Training> => ask(`${at(id)}/promotion`, "DELETE");

export function reportAddress(id: string, of: "training" | "evaluation"): string {
  return `${at(id)}/report?of=${of}`;
}

/** A server with keys sends no page to a plain link: it is fetched with the key and taken along as a file. */
export async function saveReport(id: string, of: "training" | "evaluation"): Promise<void> {
  const page = await (await serviceFetch(reportAddress(id, of))).blob();
  saveFile(`${id}-${of}.html`, page);
}
