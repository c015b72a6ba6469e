/** What the notice says of where picture, sound and words go. */
import type { Place } from "../state/settings.ts";
import type { Key } from "../strings.ts";

/** @param captions whether the browser writes along: it may send the sound to its maker, wherever it is analyzed */
export function whereKeys(place: Place, captions: boolean): readonly Key[] {
  if (place === "server") return ["live.onServer", ...(captions ? ["live.withCaptions" as const] : [])];
  return [captions ? "live.onDeviceCaptions" : "live.onDevice"];
}
