/** Further columns of what stands at the player's place, by modality: those of the whole recording stand below. */
import { MODALITIES } from "../../core/modality.ts";
import type { Segment } from "../../core/prediction.ts";
import { ColumnList } from "../parts/further-columns.tsx";
import { useTranslate } from "../state/app.ts";
import { clock } from "../state/clock.ts";

export function isDuring({ startMs, endMs }: Pick<Segment, "startMs" | "endMs">, atMs: number): boolean {
  return startMs <= atMs && atMs < endMs;
}

export interface SegmentColumnsProps {
  readonly segments: readonly Segment[];
  /** Where the player is, in ms. */
  readonly atMs: number;
}

/** Nothing where no model has any, or where a modality's only segment says what its mean says. */
export function SegmentColumns({ segments, atMs }: SegmentColumnsProps) {
  const t = useTranslate();
  const told = MODALITIES.map((modality) => ({
    modality,
    own: segments.filter((one) => one.modality === modality && one.columns !== undefined),
  })).filter(({ own }) => own.length > 1);
  if (told.length === 0) return null;
  return (
    <section class="columns" aria-label={t("columns.here")}>
      <h3>{t("columns.here")}</h3>
      {told.map(({ modality, own }) => {
        const now = own.find((one) => isDuring(one, atMs));
        const name = t(`modality.${modality}`);
        return (
          <div key={modality}>
            {now?.columns === undefined ? (
              <p class="small soft">{t("columns.nothingHere", { modality: name })}</p>
            ) : (
              <>
                <h4 class="small soft">
                  {t("columns.ofSegment", { modality: name, from: clock(now.startMs), to: clock(now.endMs) })}
                </h4>
                <ColumnList columns={now.columns} />
              </>
            )}
          </div>
        );
      })}
    </section>
  );
}
