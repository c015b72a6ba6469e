/** What a card is made of. */
import type { Contract } from "../../../src/recognize/contract.ts";
import type { BehaviourResults, Measured, RobustnessResults, SpeedResults, TrustResults } from "../results.ts";
import type { QualityRow } from "../rows.ts";
import type { QualityResult } from "../run.ts";

export interface CardFacts {
  readonly contract: Contract;
  /** From the root of the repository. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Test rows that this model alone was asked about. */
  readonly quality: readonly { readonly row: QualityRow; readonly result: QualityResult }[];
  readonly behaviour?: BehaviourResults | undefined;
  readonly robustness?: RobustnessResults | undefined;
  readonly trust?: TrustResults | undefined;
  readonly speed?: SpeedResults | undefined;
  /** Epochs that its configuration asks for, of each training in turn where one starts from another. */
  readonly configuredEpochs?: readonly number[] | undefined;
}

/** What was measured on other bytes is said to be. */
export function staleNote(measured: Measured | undefined, { contract, sha256 }: CardFacts): string[] {
  const known = measured?.[contract.id];
  return known === undefined || known === sha256 ? [] : ["Measured on an earlier file of this model.", ""];
}
