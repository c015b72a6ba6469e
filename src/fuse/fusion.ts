/**
 * What every fusion network is: the embeddings of any non-empty subset of the modalities, with a mask that says which
 * are there, become one vector.
 */
import { AffektError } from "../core/errors.ts";
import { MODALITIES, type Modality, type PerModality } from "../core/modality.ts";
import type { Node } from "../graph/graph.ts";
import { meanOverSteps } from "../graph/layers/pooling.ts";
import { reshapeRaw, sliceRaw } from "../graph/ops/reshape.ts";
import { keepWhere } from "../graph/ops/select.ts";
import { formatShape, shapeError } from "../graph/shape.ts";

export interface FusionInputs {
  /**
   * A slot for every modality that the model knows: an embedding `[batch, dim]` or a sequence of them
   * `[batch, steps, dim]`. Dimensions and steps may differ between modalities. What the slot of an absent modality holds
   * does not matter.
   */
  readonly slots: PerModality<Node>;
  /** `[batch, modalities]`, 1 present and 0 absent; columns are the slots' modalities in the order of `MODALITIES`. */
  readonly presence: Node;
  /** For sequences with padding: `[batch, steps]`, 1 for steps and 0 for padding. */
  readonly steps?: PerModality<Node>;
}

export interface Fused {
  /** `[batch, dim]`. */
  readonly vector: Node;
  /** Share of each modality in the vector, `[batch, modalities]`: sums to 1, 0 where absent. */
  readonly weights?: Node;
  /** A scalar to be added to the loss in training, scaled as the caller likes. */
  readonly auxiliary?: Node;
}

export type Fusion = (inputs: FusionInputs) => Fused;

/** One modality with everything that lies in the slots of samples without it set to zero. */
export interface Slot {
  readonly modality: Modality;
  /** `[batch, dim]` or `[batch, steps, dim]`. */
  readonly value: Node;
  /** `[batch, 1]`, 1 present and 0 absent. */
  readonly present: Node;
  /** `[batch, steps]`. */
  readonly steps: Node | undefined;
}

/** The slots in the order of `MODALITIES`. @throws AffektError `no-modality`, `shape` */
export function slotsOf({ slots, presence, steps = {} }: FusionInputs): readonly Slot[] {
  const known = MODALITIES.filter((modality) => slots[modality] !== undefined);
  if (known.length === 0) {
    throw new AffektError(
      "no-modality",
      `Fusion needs a slot for at least one of ${MODALITIES.join(", ")}; received none.`,
      "Give the embeddings of the modalities that the model shall know.",
    );
  }
  if (presence.shape.length !== 2 || presence.shape[1] !== known.length) {
    throw shapeError("fusion", `a presence mask ${formatShape(presence.shape)}`, `[batch, ${known.length}]`);
  }
  return known.map((modality, column) => {
    const raw = slots[modality] as Node;
    const rank = raw.shape.length;
    if (rank !== 2 && rank !== 3) {
      throw shapeError("fusion", `${modality} ${formatShape(raw.shape)}`, "[batch, dim] or [batch, steps, dim]");
    }
    const present = sliceRaw(presence, 1, column, column + 1);
    const [batch = 0] = presence.shape;
    let value = keepWhere(rank === 2 ? present : reshapeRaw(present, [batch, 1, 1]), raw);
    const mask = rank === 3 ? steps[modality] : undefined;
    if (mask) value = keepWhere(reshapeRaw(mask, [batch, value.shape[1] as number, 1]), value);
    return { modality, value, present, steps: mask };
  });
}

/** The slots as vectors `[batch, dim]`; a sequence becomes the mean over its steps. */
export function vectorSlots(inputs: FusionInputs): readonly Slot[] {
  return slotsOf(inputs).map((slot) =>
    slot.value.shape.length === 2 ? slot : { ...slot, value: meanOverSteps(slot.value, slot.steps) },
  );
}
