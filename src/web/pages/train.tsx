/** Train: examples, a training with its curves, all trainings, and the model that answers. */
import { useEffect, useState } from "preact/hooks";
import { AffektError } from "../../core/errors.ts";
import { KeyForm } from "../history/key-form.tsx";
import { Icon } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { useTranslate } from "../state/app.ts";
import { ManifestStep } from "../train/manifest-step.tsx";
import { type Check, listTrainings, type Training } from "../train/requests.ts";
import { RunView } from "../train/run-view.tsx";
import { Comparison, RunsTable } from "../train/runs.tsx";
import { SetupStep } from "../train/setup-step.tsx";

/** How often the page asks how far a training is, and how often when nothing runs. */
const POLL_MS = 1_000;
const IDLE_MS = 5_000;

function isAtWork({ state, evaluation }: Training): boolean {
  return [state, evaluation.state].some((one) => one === "queued" || one === "running");
}

export function TrainPage() {
  const t = useTranslate();
  const [check, setCheck] = useState<Check>();
  const [trainings, setTrainings] = useState<readonly Training[]>();
  const [error, setError] = useState<unknown>();
  const [chosen, setChosen] = useState<string>();
  const [compared, setCompared] = useState<readonly string[]>([]);
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((own) => own + 1);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    async function poll(): Promise<void> {
      let wait = IDLE_MS;
      try {
        const found = await listTrainings();
        if (ended) return;
        setTrainings(found);
        setError(undefined);
        if (found.some(isAtWork)) wait = POLL_MS;
      } catch (cause) {
        if (ended) return;
        setError(cause);
      }
      timer = setTimeout(() => void poll(), wait);
    }
    void poll();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [turn]);

  const refused = error instanceof AffektError && error.code === "unauthorized";
  const shown = trainings?.find(({ id }) => id === chosen);
  const beside = trainings?.filter(({ id }) => compared.includes(id)) ?? [];
  return (
    <>
      <div class="page-head">
        <h1>{t("train.title")}</h1>
        <p class="soft">{t("train.lead")}</p>
      </div>
      {refused ? (
        <KeyForm done={again} />
      ) : error !== undefined && trainings === undefined ? (
        <Problem error={error} again={again} />
      ) : (
        <div class="train">
          {error === undefined ? null : <Problem error={error} again={again} />}
          <ManifestStep check={check} chosen={setCheck} />
          {check === undefined ? null : (
            <SetupStep
              key={check.name}
              check={check}
              started={({ id }) => {
                setChosen(id);
                again();
                document.getElementById("train-runs")?.scrollIntoView();
              }}
            />
          )}
          <section class="stack" aria-labelledby="train-runs">
            <h2 id="train-runs">{t("train.runs")}</h2>
            {trainings === undefined ? (
              <p class="soft">{t("app.loading")}</p>
            ) : trainings.length === 0 ? (
              <div class="card empty">
                <Icon name="train" />
                <p>{t("train.noRuns")}</p>
                <p class="small">{t("train.noRunsHint")}</p>
              </div>
            ) : (
              <>
                {shown === undefined ? null : <RunView key={shown.id} training={shown} changed={again} />}
                {beside.length < 2 ? null : <Comparison trainings={beside} />}
                <RunsTable
                  trainings={trainings}
                  chosen={chosen}
                  compared={compared}
                  choose={setChosen}
                  compare={setCompared}
                />
              </>
            )}
          </section>
        </div>
      )}
    </>
  );
}
