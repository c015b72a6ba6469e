/** The first page: what this is, in ten seconds, and three ways in. */
import { EMOTIONS } from "../../core/emotion.ts";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { Promises } from "../parts/promises.tsx";
import { useLabel, useTranslate } from "../state/app.ts";

/** Decoration: every shape once, and the one for doubt. */
const TILES = ["joy", "surprise", "sadness", "neutral", null, "anger", "fear", "disgust"] as const;
const WAYS = ["live", "text", "files"] as const;
export function StartPage() {
  const t = useTranslate();
  const name = useLabel();
  return (
    <div class="start">
      <section class="hero">
        <div>
          <h1>{t("start.title")}</h1>
          <p class="lead">{t("start.lead")}</p>
          <ul class="legend">
            {EMOTIONS.map((label) => (
              <li key={label}>
                <Mark label={label} />
                {name(label)}
              </li>
            ))}
          </ul>
        </div>
        <div class="tiles" aria-hidden="true">
          {TILES.map((label) => (
            <span key={label} class={`of-${label}`}>
              <Mark label={label} />
            </span>
          ))}
        </div>
      </section>
      <section class="ways">
        {WAYS.map((way) => (
          <a key={way} class={`card way ${way}`} href={`#/${way}`}>
            <Icon name={way} />
            <h2>{t(`start.${way}`)}</h2>
            <p>{t(`start.${way}Text`)}</p>
          </a>
        ))}
      </section>
      <Promises />
    </div>
  );
}
