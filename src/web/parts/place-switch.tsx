/** Where to analyze: on this device, or by the server. */
import { page, settings, useTranslate } from "../state/app.ts";
import { placeHint } from "../state/place-hint.ts";
import { PLACES } from "../state/settings.ts";
import { useStore } from "../state/store.ts";

export function PlaceSwitch() {
  const t = useTranslate();
  const { place } = useStore(settings);
  const current = useStore(page);
  return (
    <fieldset class="segments" title={t(placeHint(current, place))}>
      <legend class="hidden-label">{t("settings.engine")}</legend>
      {PLACES.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="place"
            value={one}
            checked={one === place}
            onChange={() => settings.update((own) => ({ ...own, place: one }))}
          />
          <span>{t(`settings.${one}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
