/** What the choice of a place means on a page. */
import type { Key } from "../strings.ts";
import type { Page } from "./app.ts";
import type { Place } from "./settings.ts";

/** These work with the server, wherever else is analyzed. */
const AT_SERVER: ReadonlySet<Page> = new Set<Page>(["train", "history"]);

export function placeHint(page: Page, place: Place): Key {
  return AT_SERVER.has(page) ? "settings.pageAtServer" : `settings.${place}Hint`;
}
