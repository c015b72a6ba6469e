/**
 * Further columns in the answers of a whole recognizer. Nothing pools them, so what the model of each modality says is
 * measured by itself: under `text.valence`, as it stands in an answer's `modalities.text.columns`. Where two modalities
 * have the same column, both are there; where text models take turns by language, they make one.
 */
import { MODALITIES, type Modality } from "../core/modality.ts";
import type { FurtherColumns, Prediction } from "../core/prediction.ts";

/** Where a column of a recognizer comes from. */
export interface ColumnSource {
  /** Of the rows, which holds the truth. */
  readonly field: string;
  readonly modality: Modality;
  /** Id and version of all that answered it, in order of name. */
  readonly models: readonly string[];
}

export interface RecognizerColumns {
  /** Of each answer, in order, by the name under which it is measured; undefined where no model has further columns. */
  readonly said: readonly (FurtherColumns | undefined)[];
  /** By the same names. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
}

type Kind = keyof FurtherColumns;

interface Found {
  readonly kind: Kind;
  readonly modality: Modality;
  readonly field: string;
  readonly model: string;
  readonly value: unknown;
}

function foundIn({ modalities }: Prediction): Found[] {
  return MODALITIES.flatMap((modality) => {
    const own = modalities[modality];
    if (own?.present !== true || own.columns === undefined) return [];
    const { columns, model } = own;
    return (["numbers", "categories"] as const).flatMap((kind) =>
      Object.entries(columns[kind] ?? {}).map(([field, value]) => ({ kind, modality, field, model, value })),
    );
  });
}

export function recognizerColumns(answers: readonly Prediction[]): RecognizerColumns {
  const found = answers.map(foundIn);
  const all = found.flat();
  const numbers = new Set(
    all.flatMap(({ kind, modality, field }) => (kind === "numbers" ? [`${modality}.${field}`] : [])),
  );
  // A field may be a number to one text model and a category to another.
  const nameOf = ({ kind, modality, field }: Found): string => {
    const name = `${modality}.${field}`;
    return kind === "categories" && numbers.has(name) ? `${name} (category)` : name;
  };
  const sources = new Map<string, ColumnSource>();
  for (const one of all) {
    const name = nameOf(one);
    const models = new Set(sources.get(name)?.models).add(one.model);
    sources.set(name, { field: one.field, modality: one.modality, models: [...models].sort() });
  }
  const said = found.map((own): FurtherColumns | undefined => {
    const of = (kind: Kind): object => {
      const values = own.flatMap((one) => (one.kind === kind ? [[nameOf(one), one.value] as const] : []));
      return values.length === 0 ? {} : { [kind]: Object.fromEntries(values) };
    };
    return own.length === 0 ? undefined : { ...of("numbers"), ...of("categories") };
  });
  return { said, sources };
}
