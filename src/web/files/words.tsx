/**
 * A text with its words marked by what they add: a straight line below speaks for the label, a wavy one against it, and
 * the stronger the mark the more.
 */
import type { TextExplanation } from "../../core/explanation.ts";
import { useTranslate } from "../state/app.ts";
import { NOTICEABLE, signedPoints, strongest } from "../state/points.ts";

/** Words listed with their points. */
const MOST_LISTED = 8;
/** Longer texts may not fit, in characters. */
const LONG = 400;

export function Words({ text, why }: { readonly text: string; readonly why: TextExplanation }) {
  const t = useTranslate();
  const most = Math.max(0.05, ...why.parts.map(({ points }) => Math.abs(points)));
  const listed = strongest(why.parts, MOST_LISTED);
  let end = why.parts[0]?.start ?? 0;
  return (
    <div class="words stack">
      {/* What scrolls must be reached by the keyboard. */}
      <p class="quoted" tabIndex={text.length > LONG ? 0 : undefined}>
        {why.parts.map((part) => {
          // Of a very long text the middle is not read, and not shown.
          const between = text.slice(end, part.start);
          end = part.end;
          const gap = between.trim() === "" ? between : " … ";
          const { points } = part;
          if (Math.abs(points) < NOTICEABLE) return `${gap}${part.text}`;
          return [
            gap,
            <mark
              key={part.start}
              class={points < 0 ? "against" : "for"}
              style={{ "--strength": `${Math.round((100 * Math.abs(points)) / most)}%` }}
              title={signedPoints(points)}
            >
              {part.text}
            </mark>,
          ];
        })}
      </p>
      {listed.length === 0 ? <p class="small">{t("why.even")}</p> : null}
      <ul class="strongest" aria-label={t("why.strongest")}>
        {listed.map(({ text: word, start, points }) => (
          <li key={start} class={points < 0 ? "against" : "for"}>
            <b>{signedPoints(points)}</b> {word.length > 24 ? `${word.slice(0, 24)}…` : word}
          </li>
        ))}
      </ul>
    </div>
  );
}
