/** The faces of a picture or a film as thumbnails, each with what it appears to express; of a film also when. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { FaceResult, Prediction } from "../../core/prediction.ts";
import { ColumnList } from "../parts/further-columns.tsx";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { clock } from "../state/clock.ts";
import type { Item } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { type Still, stillOfPicture, stillsOfFilm } from "./stills.ts";

/** Thumbnails shown; the export has all faces. */
const MOST_SHOWN = 24;
const SIDE = 144;

/** The face with some of what is around it, as a square. */
function draw(canvas: HTMLCanvasElement, { bitmap, scale }: Still, { box }: FaceResult): void {
  const side = 1.15 * Math.max(box.width, box.height) * scale;
  const x = (box.x + box.width / 2) * scale - side / 2;
  const y = (box.y + box.height / 2) * scale - side / 2;
  const context = canvas.getContext("2d");
  context?.clearRect(0, 0, SIDE, SIDE);
  context?.drawImage(bitmap, x, y, side, side, 0, 0, SIDE, SIDE);
}

/** The further columns of one of several faces; of one alone they stand with the result. */
function ColumnsOfFace({ face, number }: { readonly face: FaceResult | undefined; readonly number: number }) {
  const t = useTranslate();
  const title = t("columns.ofFace", { number });
  return (
    <div class="columns" role="status">
      {face?.columns === undefined ? null : (
        <>
          <h4 class="small soft">{title}</h4>
          <ColumnList columns={face.columns} />
        </>
      )}
    </div>
  );
}

/** In order of time; of a picture, the largest first. */
export function shownFaces({ faces = [] }: Pick<Prediction, "faces">): FaceResult[] {
  return [...faces].sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0)).slice(0, MOST_SHOWN);
}

/** When the face of a film is there with this expression: the segment that it is the clearest moment of. */
function track({ segments = [] }: Prediction, timeMs: number | undefined): readonly [number, number] | undefined {
  const own = segments.find(
    (one) => one.modality === "face" && timeMs !== undefined && one.startMs <= timeMs && timeMs < one.endMs,
  );
  return own === undefined ? undefined : [own.startMs, own.endMs];
}

export interface FacesProps {
  readonly item: Item;
  readonly prediction: Prediction;
  readonly chosen: number | undefined;
  /** @param index among `shownFaces` */
  choose(index: number): void;
}

export function Faces({ item, prediction, chosen, choose }: FacesProps) {
  const t = useTranslate();
  const name = useLabel();
  const list = useRef<HTMLUListElement>(null);
  const [failed, setFailed] = useState(false);
  const faces = shownFaces(prediction);
  const all = prediction.faces?.length ?? 0;
  const title = all === 1 ? t("files.oneFace") : t("files.faces", { count: all });
  const lastMs = Math.max(1, ...(prediction.segments ?? []).map(({ endMs }) => endMs));

  useEffect(() => {
    const { content, kind } = item;
    if (typeof content === "string" || faces.length === 0) return undefined;
    let gone = false;
    const canvas = (index: number): HTMLCanvasElement | undefined => list.current?.querySelectorAll("canvas")[index];
    async function fill(file: Blob): Promise<void> {
      if (kind === "image") {
        const still = await stillOfPicture(file);
        for (const [index, face] of faces.entries()) {
          const place = canvas(index);
          if (place !== undefined && !gone) draw(place, still, face);
        }
        still.bitmap.close();
        return;
      }
      let index = 0;
      for await (const still of stillsOfFilm(
        file,
        faces.map(({ timeMs = 0 }) => timeMs),
      )) {
        const place = canvas(index);
        const face = faces[index++];
        if (!gone && place !== undefined && face !== undefined) draw(place, still, face);
        still.bitmap.close();
        if (gone) return;
      }
    }
    fill(content).catch(() => setFailed(true));
    return () => {
      gone = true;
    };
  }, [item.content, prediction]);

  if (faces.length === 0) return null;
  return (
    <section class="faces stack" aria-label={title}>
      <h3>{title}</h3>
      <ul ref={list}>
        {faces.map((face, index) => {
          const [top] = face.scores;
          const when = track(prediction, face.timeMs);
          const at = face.timeMs === undefined ? "" : `, ${clock(face.timeMs)}`;
          const says = `${t("files.face", { number: index + 1, label: name(top?.label ?? "") })}, ${percent(top?.score ?? 0)}${at}`;
          return (
            <li key={`${face.timeMs} ${face.box.x} ${face.box.y}`}>
              <button
                type="button"
                class={`of-${top?.label}`}
                aria-pressed={chosen === index}
                aria-label={says}
                title={says}
                onClick={() => choose(index)}
              >
                {failed ? <span class="blank" /> : <canvas width={SIDE} height={SIDE} />}
                <span class="answer">
                  <Mark label={top?.label ?? null} />
                  {name(top?.label ?? "")}
                </span>
                {when === undefined ? null : (
                  <span class="span" aria-hidden="true">
                    <i
                      style={{
                        left: `${(100 * when[0]) / lastMs}%`,
                        width: `${(100 * (when[1] - when[0])) / lastMs}%`,
                      }}
                    />
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      {faces.length > 1 && faces.some(({ columns }) => columns !== undefined) ? (
        <ColumnsOfFace face={faces[chosen ?? -1]} number={(chosen ?? 0) + 1} />
      ) : null}
      {all > faces.length ? <p class="soft small">{t("files.moreFaces", { count: all - faces.length })}</p> : null}
    </section>
  );
}
