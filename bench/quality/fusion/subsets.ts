/** Every non-empty subset of the modalities, small ones first. */
import type { Modality } from "../../../src/core/modality.ts";

export function subsetsOf(modalities: readonly Modality[]): Modality[][] {
  const all = Array.from({ length: 2 ** modalities.length - 1 }, (_, index) =>
    modalities.filter((_modality, bit) => ((index + 1) >> bit) & 1),
  );
  return all.sort((a, b) => a.length - b.length);
}
