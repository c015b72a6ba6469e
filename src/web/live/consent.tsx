/** What may be analyzed, and that everybody agrees: before that nothing starts. */
import { useState } from "preact/hooks";
import { useTranslate } from "../state/app.ts";
import type { Place } from "../state/settings.ts";
import type { Wanted } from "./capture.ts";

export interface ConsentProps {
  readonly place: Place;
  readonly starting: boolean;
  start(wanted: Wanted): void;
}

export function Consent({ place, starting, start }: ConsentProps) {
  const t = useTranslate();
  const [camera, setCamera] = useState(true);
  const [microphone, setMicrophone] = useState(true);
  const [agreed, setAgreed] = useState(false);
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        start({ camera, microphone });
      }}
    >
      <fieldset>
        <legend>
          <h2>{t("live.use")}</h2>
        </legend>
        <label class="check">
          <input type="checkbox" checked={camera} onChange={(event) => setCamera(event.currentTarget.checked)} />
          {t("live.camera")}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={microphone}
            onChange={(event) => setMicrophone(event.currentTarget.checked)}
          />
          {t("live.microphone")}
        </label>
        <p class="soft small">{t("live.typed")}</p>
      </fieldset>
      <p class="notice">{t(`settings.${place}Hint`)}</p>
      <label class="check">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        <strong>{t("live.consent")}</strong>
      </label>
      <div class="row">
        <button type="submit" class="button primary" disabled={!agreed || starting}>
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
