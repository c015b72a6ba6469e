/** What the service asks of the processes that recognize. */
import type { Modality } from "../core/modality.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";

export interface Utterance {
  readonly inputs: Inputs;
  readonly modalities?: readonly Modality[] | undefined;
}

/** One result per utterance, in order. @throws AffektError `busy` if not all of them fit into the queue */
export type Recognize = (
  utterances: readonly Utterance[],
  options: { readonly deadlineMs: number; readonly signal: AbortSignal; readonly patient?: boolean },
) => Promise<readonly PromiseSettledResult<Prediction>[]>;
