import { expect, test } from "vitest";
import { LANGUAGES, translate } from "../strings.ts";
import { whereKeys } from "./where.ts";

const MAKER = { en: "its maker", zh: "其开发商" };

test.each(LANGUAGES)(
  "where the sound goes to the browser's maker is said at both places, and only then (%s)",
  (language) => {
    const said = (place: "device" | "server", captions: boolean): string =>
      whereKeys(place, captions)
        .map((key) => translate(language, key))
        .join(" · ");
    for (const place of ["device", "server"] as const) {
      expect(said(place, true)).toContain(MAKER[language]);
      expect(said(place, false)).not.toContain(MAKER[language]);
    }
    expect(said("server", true)).toContain(translate(language, "live.onServer"));
    expect(said("device", true)).not.toContain(translate(language, "live.onDevice"));
  },
);
