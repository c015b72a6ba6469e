/** The file itself beside its result: a picture with faces marked, a player with its lanes, or the text. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Prediction } from "../../core/prediction.ts";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import type { Item } from "../state/files.ts";
import { Lanes } from "./lanes.tsx";

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

function MarkedPicture({ name, address, faces }: { name: string; address: string; faces: Prediction["faces"] }) {
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
        : faces?.map(({ box, scores }) => (
            <div
              key={`${box.x} ${box.y}`}
              class={`face of-${scores[0]?.label}`}
              style={{
                left: share(box.x, width),
                top: share(box.y, height),
                width: share(box.width, width),
                height: share(box.height, height),
              }}
            >
              <span class="tag">
                <Mark label={scores[0]?.label ?? null} />
                {label(scores[0]?.label ?? "")}
              </span>
            </div>
          ))}
    </div>
  );
}

function Player({ item, address, prediction }: { item: Item; address: string; prediction: Prediction }) {
  const player = useRef<HTMLMediaElement>(null);
  const [durationMs, setDuration] = useState(0);
  const [atMs, setAt] = useState(0);
  const controls = {
    src: address,
    controls: true,
    "aria-label": item.name,
    onLoadedMetadata: () => setDuration(1000 * (player.current?.duration ?? 0)),
    onTimeUpdate: () => setAt(1000 * (player.current?.currentTime ?? 0)),
  };
  const segments = prediction.segments ?? [];
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
          seek={(ms) => {
            if (player.current !== null) player.current.currentTime = ms / 1000;
          }}
        />
      ) : null}
    </div>
  );
}

export function Preview({ item, prediction }: { readonly item: Item; readonly prediction: Prediction }) {
  const address = useAddress(item.content);
  if (typeof item.content === "string") return <blockquote class="quoted">{item.content.slice(0, 2000)}</blockquote>;
  if (address === undefined) return null;
  if (item.kind === "image") return <MarkedPicture name={item.name} address={address} faces={prediction.faces} />;
  return <Player item={item} address={address} prediction={prediction} />;
}
