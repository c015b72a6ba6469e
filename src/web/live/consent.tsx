/** What may be analyzed, and that everybody agrees: before that nothing starts. */
import { useEffect, useState } from "preact/hooks";
import type { Modality } from "../../core/modality.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Use } from "../engine/engine.ts";
import { listScenarios } from "../engine/scenarios.ts";
import { useTranslate } from "../state/app.ts";
import type { Place } from "../state/settings.ts";
import type { Wanted } from "./capture.ts";
import { NO_USE, type TypedUse, UseFields } from "./use-fields.tsx";

export interface ConsentProps {
  readonly place: Place;
  readonly starting: boolean;
  start(wanted: Wanted, chosen: ChosenUse): void;
}

/** What it is for; nothing in particular where both are missing. */
export interface ChosenUse {
  readonly scenario?: Scenario;
  readonly use?: Use;
}

function chosenUse(typed: TypedUse, scenario: Scenario | undefined): ChosenUse {
  if (scenario === undefined) return {};
  const [subject, jurisdiction] = [typed.subject.trim(), typed.jurisdiction.trim()];
  const use: Use = {
    scenario: scenario.id,
    ...(subject === "" ? {} : { subject }),
    ...(jurisdiction === "" ? {} : { jurisdiction }),
  };
  return { scenario, use };
}

export function Consent({ place, starting, start }: ConsentProps) {
  const t = useTranslate();
  const [camera, setCamera] = useState(true);
  const [microphone, setMicrophone] = useState(true);
  const [agreed, setAgreed] = useState(false);
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  const [typed, setTyped] = useState(NO_USE);
  useEffect(() => {
    setScenarios([]);
    if (place === "server") void listScenarios().then(setScenarios);
  }, [place]);
  const scenario = scenarios.find(({ id }) => id === typed.scenario);
  const may = (modality: Modality): boolean => scenario?.modalities.includes(modality) ?? true;
  const wanted: Wanted = { camera: camera && may("face"), microphone: microphone && may("speech") };
  const something = wanted.camera || wanted.microphone || may("text");
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        start(wanted, chosenUse(typed, scenario));
      }}
    >
      <fieldset>
        <legend>
          <h2>{t("live.use")}</h2>
        </legend>
        <label class="check">
          <input
            type="checkbox"
            checked={wanted.camera}
            disabled={!may("face")}
            onChange={(event) => setCamera(event.currentTarget.checked)}
          />
          {t("live.camera")}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={wanted.microphone}
            disabled={!may("speech")}
            onChange={(event) => setMicrophone(event.currentTarget.checked)}
          />
          {t("live.microphone")}
        </label>
        {may("text") ? <p class="soft small">{t("live.typed")}</p> : null}
      </fieldset>
      {scenarios.length === 0 ? null : <UseFields scenarios={scenarios} typed={typed} change={setTyped} />}
      <p class="notice">{t(`settings.${place}Hint`)}</p>
      <label class="check">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        <strong>{t("live.consent")}</strong>
      </label>
      <div class="row">
        <button type="submit" class="button primary" disabled={!agreed || starting || !something}>
          {t(starting ? "live.starting" : "live.start")}
        </button>
        {starting ? (
          <span class="soft small" role="status">
            {t("live.loading")}
          </span>
        ) : null}
      </div>
    </form>
  );
}
