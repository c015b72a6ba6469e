/** One file with its result: what it is, what it appears to express, and why. */
import { useState } from "preact/hooks";
import type { Alert } from "../../scenario/alerts.ts";
import { Problem } from "../parts/problem.tsx";
import { ResultCard } from "../parts/result.tsx";
import { settings, useTranslate } from "../state/app.ts";
import { clock } from "../state/clock.ts";
import type { Item } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { useStore } from "../state/store.ts";
import { Faces, shownFaces } from "./faces.tsx";
import { type Place, Preview } from "./preview.tsx";
import { Why } from "./why.tsx";

export interface DetailProps {
  readonly item: Item;
  explain(item: Item, label: string | undefined): void;
}

/** What the rules of a use found in it. */
function Alerts({ alerts }: { readonly alerts: readonly Alert[] }) {
  const t = useTranslate();
  const { language } = useStore(settings);
  if (alerts.length === 0) return null;
  return (
    <div class="notice alerts stack" role="status" aria-label={t("live.alerts")}>
      {alerts.map(({ rule, title, advice, startMs, endMs }) => (
        <p key={`${rule} ${startMs}`}>
          <strong>{title[language]}</strong> <span>{advice[language]}</span>
          {endMs > startMs ? <span class="soft"> {`${clock(startMs)}–${clock(endMs)}`}</span> : null}
        </p>
      ))}
      <p class="small soft">{t("live.alertsNote")}</p>
    </div>
  );
}

/** Drawn anew for each item. */
export function Detail({ item, explain }: DetailProps) {
  const t = useTranslate();
  const [chosen, setChosen] = useState<number>();
  const [place, setPlace] = useState<Place>({ atMs: undefined });
  const { progress } = item;
  return (
    <section class="card stack detail" aria-label={t("files.details", { name: item.name })}>
      <h2 class="card-title">{item.name}</h2>
      {progress.state === "done" ? (
        <>
          <Preview item={item} prediction={progress.prediction} chosen={chosen} place={place} />
          <Faces
            item={item}
            prediction={progress.prediction}
            chosen={chosen}
            choose={(index) => {
              setChosen(index);
              setPlace({ atMs: shownFaces(progress.prediction)[index]?.timeMs });
            }}
          />
          <Alerts alerts={progress.prediction.alerts ?? []} />
          <ResultCard prediction={progress.prediction} />
          <Why item={item} prediction={progress.prediction} explain={(label) => explain(item, label)} />
        </>
      ) : progress.state === "failed" ? (
        <Problem error={progress.error} />
      ) : (
        <p class="soft" role="status">
          {t(`files.${progress.state}`)}
          {progress.state === "running" && progress.share !== undefined ? ` ${percent(progress.share)}` : ""}
        </p>
      )}
    </section>
  );
}
