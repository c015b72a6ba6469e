/** Where to analyze: on this device, or by the server. */
import { settings, useTranslate } from "../state/app.ts";
import { PLACES } from "../state/settings.ts";
import { useStore } from "../state/store.ts";

export function PlaceSwitch() {
  const t = useTranslate();
  const { place } = useStore(settings);
  return (
    <fieldset class="segments" title={t(`settings.${place}Hint`)}>
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
