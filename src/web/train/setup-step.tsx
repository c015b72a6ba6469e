/** The second step: few choices with defaults from the examples; the rest is folded away. */
import { useState } from "preact/hooks";
import { MODALITIES } from "../../core/modality.ts";
import { Problem } from "../parts/problem.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { type Check, type Choices, type Size, startTraining, type Training } from "./requests.ts";

const SIZES: readonly Size[] = ["small", "medium", "large"];

/** What was typed as advanced; undefined if it is not JSON. */
function parsed(text: string): unknown {
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function Picks<T extends string>(props: {
  readonly name: string;
  readonly title: string;
  readonly all: readonly T[];
  readonly chosen: T;
  readonly text: (one: T) => string;
  choose(one: T): void;
}) {
  const { name, title, all, chosen, text, choose } = props;
  return (
    <fieldset class="stack tight">
      <legend class="small-title">{title}</legend>
      <div class="row">
        {all.map((one) => (
          <label key={one} class="chip">
            <input type="radio" name={name} checked={one === chosen} onChange={() => choose(one)} />
            <span>{text(one)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function SetupStep({ check, started }: { readonly check: Check; started(training: Training): void }) {
  const t = useTranslate();
  const name = useLabel();
  const [choices, setChoices] = useState<Choices | null>(check.suggested);
  const [advanced, setAdvanced] = useState("");
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>();
  if (choices === null) return <p class="notice">{t("train.nothing")}</p>;
  const own = choices;
  const json = parsed(advanced);
  const set = (change: Partial<Choices>): void => setChoices({ ...own, ...change });
  function toggle(label: string): void {
    const { labels } = own;
    set({ labels: labels.includes(label) ? labels.filter((one) => one !== label) : [...labels, label].sort() });
  }
  async function start(): Promise<void> {
    setStarting(true);
    setError(undefined);
    try {
      started(await startTraining(check.name, own, json));
    } catch (cause) {
      setError(cause);
    } finally {
      setStarting(false);
    }
  }
  return (
    <form
      class="stack"
      aria-labelledby="train-setup"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <h2 id="train-setup">{t("train.setup")}</h2>
      <div class="card setup">
        <Picks
          name="modality"
          title={t("train.modality")}
          all={MODALITIES.filter((modality) => check.modalities[modality] > 0)}
          chosen={own.modality}
          text={(modality) => t(`modality.${modality}`)}
          choose={(modality) => set({ modality })}
        />
        <Picks
          name="size"
          title={t("train.size")}
          all={SIZES}
          chosen={own.size}
          text={(size) => t(`train.${size}`)}
          choose={(size) => set({ size })}
        />
        <label class="stack tight">
          <span class="small-title">{t("train.epochs")}</span>
          <input
            class="field number"
            type="number"
            min={1}
            max={500}
            required
            value={own.epochs}
            onInput={(event) => set({ epochs: event.currentTarget.valueAsNumber })}
          />
        </label>
        <fieldset class="stack tight wide">
          <legend class="small-title">{t("train.labels")}</legend>
          <div class="row">
            {Object.keys(check.labels)
              .sort()
              .map((label) => (
                <label key={label} class="chip">
                  <input type="checkbox" checked={own.labels.includes(label)} onChange={() => toggle(label)} />
                  <span>{name(label)}</span>
                </label>
              ))}
          </div>
        </fieldset>
        <details class="wide">
          <summary>{t("train.advanced")}</summary>
          <label class="stack tight">
            <span class="soft small">{t("train.advancedHint")}</span>
            <textarea
              class="field code"
              rows={6}
              spellcheck={false}
              placeholder={'{ "training": { "learningRate": 0.003 } }'}
              value={advanced}
              aria-invalid={json === undefined}
              onInput={(event) => setAdvanced(event.currentTarget.value)}
            />
          </label>
          {json === undefined ? (
            <p class="failed small" role="status">
              {t("train.notJson")}
            </p>
          ) : null}
        </details>
        <div class="row wide">
          <button
            type="submit"
            class="button primary"
            disabled={starting || json === undefined || own.labels.length < 2 || Number.isNaN(own.epochs)}
          >
            {t("train.start")}
          </button>
          <p class="soft small">{t("train.low")}</p>
        </div>
      </div>
      {error === undefined ? null : <Problem error={error} />}
    </form>
  );
}
