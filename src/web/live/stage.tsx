/** The camera's picture with a frame around every face, and the word for what it appears to express. */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { facesNow } from "../state/live.ts";
import { percent } from "../state/percent.ts";
import { useStore } from "../state/store.ts";
import type { RunningSession } from "./session.ts";

export function Stage({ session }: { readonly session: RunningSession }) {
  const t = useTranslate();
  const name = useLabel();
  const state = useStore(session.state);
  const connected = useStore(session.connected);
  const [width, height] = useStore(session.frameSize);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null || session.devices === undefined) return;
    element.srcObject = session.devices;
    void element.play().catch(() => undefined);
    session.watch(element);
  }, [session]);

  if (!session.using.camera) {
    return (
      <div class="stage off">
        <div class="empty">
          <Icon name="microphone" />
          <p>{t("live.noCamera")}</p>
        </div>
      </div>
    );
  }
  const { frames } = state;
  const faces = connected ? facesNow(state, session.now()) : [];
  const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;
  return (
    <div class="stage" data-frames={frames} style={{ aspectRatio: width > 1 ? `${width} / ${height}` : "16 / 9" }}>
      {/* biome-ignore lint/a11y/useMediaCaption: the person's own camera */}
      <video ref={video} muted playsInline aria-label={t("live.stage")} />
      {faces.map(({ track, box, smoothed }) => {
        const [top] = smoothed;
        const label = top?.label ?? "neutral";
        return (
          <div
            key={track}
            class={`face of-${label}`}
            style={{
              // The picture is shown as in a mirror.
              left: share(width - box.x - box.width, width),
              top: share(box.y, height),
              width: share(box.width, width),
              height: share(box.height, height),
            }}
          >
            <span class="tag">
              <Mark label={label} />
              <span>{name(label)}</span> <small>{percent(top?.score ?? 0)}</small>
            </span>
          </div>
        );
      })}
      {/* Of the last frame that was looked at: where none was looked at lately, nothing is known. */}
      {connected && frames > 0 && state.faces.length === 0 ? <p class="hint">{t("live.noFace")}</p> : null}
    </div>
  );
}
