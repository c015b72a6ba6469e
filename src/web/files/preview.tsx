/** The file itself beside its result: a picture with faces marked, a player with its lanes, or the text. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { FaceResult, Prediction } from "../../core/prediction.ts";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import type { Item } from "../state/files.ts";
import { shownFaces } from "./faces.tsx";
import { Lanes } from "./lanes.tsx";
import { SegmentColumns } from "./segment-columns.tsx";

/** Of a text, in characters. */
const MOST_QUOTED = 2_000;
/** Longer texts may not fit. */
const LONG = 400;

/** An address of the file for as long as it is shown. */
function useAddress(content: Blob | string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (typeof content === "string") return undefined;
    const own = URL.createObjectURL(content);
    setAddress(own);
    return () => URL.revokeObjectURL(own);
  }, [content]);
  return address;
}

/** A place in a recording that was asked for; a new object for every time. */
export interface Place {
  readonly atMs: number | undefined;
}

interface MarkedProps {
  readonly name: string;
  readonly address: string;
  readonly faces: readonly FaceResult[];
  readonly chosen: number | undefined;
}

function MarkedPicture({ name, address, faces, chosen }: MarkedProps) {
  const t = useTranslate();
  const label = useLabel();
  const [[width, height], setSize] = useState<readonly [number, number]>([0, 0]);
  const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;
  return (
    <div class="picture">
      <img
        src={address}
        alt={t("files.picture", { name })}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setSize([naturalWidth, naturalHeight])}
      />
      {width === 0
        ? null
        : faces.map(({ box, scores }, index) => (
            <div
              key={`${box.x} ${box.y}`}
              class={`face of-${scores[0]?.label} ${index === chosen ? "chosen" : ""}`}
              style={{
                left: share(box.x, width),
                top: share(box.y, height),
                width: share(box.width, width),
                height: share(box.height, height),
              }}
            >
              <span class="tag">
                <Mark label={scores[0]?.label ?? null} />
                <span>{label(scores[0]?.label ?? "")}</span>
              </span>
            </div>
          ))}
    </div>
  );
}

function Player({
  item,
  address,
  prediction,
  place,
}: {
  item: Item;
  address: string;
  prediction: Prediction;
  place: Place;
}) {
  const player = useRef<HTMLMediaElement>(null);
  const [length, setLength] = useState(0);
  const [atMs, setAt] = useState(0);
  useEffect(() => {
    // The browser tells of a new place four times a second only.
    let next = 0;
    const follow = (): void => {
      const { current } = player;
      if (current !== null && !current.paused) setAt(1000 * current.currentTime);
      next = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(next);
  }, []);
  useEffect(() => {
    if (player.current !== null && place.atMs !== undefined) player.current.currentTime = place.atMs / 1000;
  }, [place]);
  const controls = {
    src: address,
    controls: true,
    "aria-label": item.name,
    onLoadedMetadata: () => {
      const { current } = player;
      if (current === null || Number.isFinite(current.duration)) return;
      // What a browser has recorded names no length: behind every end the player finds it, and can then be sought in.
      current.addEventListener(
        "seeked",
        () => {
          current.currentTime = 0;
        },
        { once: true },
      );
      current.currentTime = Number.MAX_SAFE_INTEGER;
    },
    onDurationChange: () => setLength(1000 * (player.current?.duration ?? 0)),
    onTimeUpdate: () => setAt(1000 * (player.current?.currentTime ?? 0)),
  };
  const segments = prediction.segments ?? [];
  const durationMs = Number.isFinite(length) ? length : Math.max(0, ...segments.map(({ endMs }) => endMs));
  return (
    <div class="stack">
      {item.kind === "video" ? (
        // biome-ignore lint/a11y/useMediaCaption: the person's own file
        <video ref={player as never} playsInline {...controls} />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: the person's own file
        <audio ref={player as never} {...controls} />
      )}
      {segments.length > 0 && durationMs > 0 ? (
        <Lanes
          segments={segments}
          durationMs={durationMs}
          atMs={atMs}
          why={item.why?.state === "done" ? item.why.explanation.speech : undefined}
          seek={(ms) => {
            setAt(ms);
            if (player.current !== null) player.current.currentTime = ms / 1000;
          }}
        />
      ) : null}
      <SegmentColumns segments={segments} atMs={atMs} />
    </div>
  );
}

export interface PreviewProps {
  readonly item: Item;
  readonly prediction: Prediction;
  /** Among `shownFaces`. */
  readonly chosen: number | undefined;
  readonly place: Place;
}

export function Preview({ item, prediction, chosen, place }: PreviewProps) {
  const address = useAddress(item.content);
  if (typeof item.content === "string") {
    // Marked words stand in its place once they are there.
    if (item.why?.state === "done") return null;
    const text = item.content.slice(0, MOST_QUOTED);
    return (
      // What scrolls must be reached by the keyboard.
      <blockquote class="quoted whole" tabIndex={text.length > LONG ? 0 : undefined}>
        {text}
        {item.content.length > MOST_QUOTED ? "…" : ""}
      </blockquote>
    );
  }
  if (address === undefined) return null;
  if (item.kind === "image") {
    return <MarkedPicture name={item.name} address={address} faces={shownFaces(prediction)} chosen={chosen} />;
  }
  return <Player item={item} address={address} prediction={prediction} place={place} />;
}
