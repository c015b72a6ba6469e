/** What may be analyzed, and that everybody agrees: before that nothing starts. */
import { useEffect, useState } from "preact/hooks";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { Icon } from "../parts/icons.tsx";
import { UseFields, useScenarios } from "../parts/use-fields.tsx";
import { engineAt, useTranslate } from "../state/app.ts";
import type { Place } from "../state/settings.ts";
import { type ChosenUse, chosenUse, NO_USE } from "../state/use.ts";
import type { Wanted } from "./capture.ts";

export interface ConsentProps {
  readonly place: Place;
  readonly starting: boolean;
  start(wanted: Wanted, chosen: ChosenUse): void;
  /** Of what starts. */
  stop(): void;
}

export function Consent({ place, starting, start, stop }: ConsentProps) {
  const t = useTranslate();
  const [camera, setCamera] = useState(true);
  const [microphone, setMicrophone] = useState(true);
  /** Where people agreed to be analyzed: what was said of one place does not hold for the other. */
  const [agreedAt, setAgreedAt] = useState<Place>();
  const agreed = agreedAt === place;
  const scenarios = useScenarios();
  const [typed, setTyped] = useState(NO_USE);
  const [there, setThere] = useState<readonly Modality[]>(MODALITIES);
  useEffect(() => {
    let gone = false;
    setThere(MODALITIES);
    setAgreedAt(undefined);
    // Where the engine cannot be opened, the start says why.
    engineAt(place)
      .then((engine) => engine.modalities())
      .then(
        (found) => gone || setThere(found),
        () => undefined,
      );
    return () => {
      gone = true;
    };
  }, [place]);
  const scenario = scenarios.find(({ id }) => id === typed.scenario);
  const may = (modality: Modality): boolean =>
    there.includes(modality) && (scenario?.modalities.includes(modality) ?? true);
  const lacking = MODALITIES.filter((modality) => !there.includes(modality));
  const wanted: Wanted = { camera: camera && may("face"), microphone: microphone && may("speech") };
  const something = wanted.camera || wanted.microphone || may("text");
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        start(wanted, chosenUse(place, typed, scenario));
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
        {lacking.length === 0 ? null : (
          <p class="notice small" role="status">
            {t("live.lacking", { what: lacking.map((modality) => t(`modality.${modality}`)).join(" + ") })}
          </p>
        )}
      </fieldset>
      {place === "server" ? <UseFields scenarios={scenarios} typed={typed} alwaysSubject change={setTyped} /> : null}
      <p class="notice">{t(`settings.${place}Hint`)}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={agreed}
          onChange={(event) => setAgreedAt(event.currentTarget.checked ? place : undefined)}
        />
        <strong>{t("live.consent")}</strong>
      </label>
      <div class="row">
        <button type="submit" class="button primary" disabled={!agreed || starting || !something}>
          {t(starting ? "live.starting" : "live.start")}
        </button>
        {starting ? (
          <>
            <button type="button" class="button danger" onClick={stop}>
              <Icon name="stop" fill="currentColor" />
              {t("live.stop")}
            </button>
            <span class="soft small" role="status">
              {t(place === "server" ? "live.connecting" : "live.loading")}
            </span>
          </>
        ) : null}
      </div>
    </form>
  );
}
