/** The engine of the server that this page came from. */
import type { Explanation } from "../../core/explanation.ts";
import { MODALITIES } from "../../core/modality.ts";
import { CATALOGUE_PATH, type Catalogue, recognizable } from "../../recognize/catalogue.ts";
import type { Engine, Given, Recognized } from "./engine.ts";
import { serviceFetch } from "./service.ts";
import { openSocketStream } from "./socket.ts";

export function formOf(given: Given): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) {
    if (value instanceof Blob) form.append(name, value, "file");
    else if (value !== undefined) form.append(name, String(value));
  }
  return form;
}

export function serverEngine(): Engine {
  return {
    async modalities() {
      try {
        return recognizable((await (await serviceFetch(CATALOGUE_PATH)).json()) as Catalogue);
      } catch {
        // It will say so itself when it is asked for something.
        return MODALITIES;
      }
    },
    async recognize(given, signal) {
      const body = formOf(given);
      const reply = await serviceFetch("/v1/recognize", { method: "POST", body, signal: signal ?? null });
      return (await reply.json()) as Recognized;
    },
    async explain(given, label, signal) {
      const body = formOf(given);
      if (label !== undefined) body.append("label", label);
      const reply = await serviceFetch("/v1/explain", { method: "POST", body, signal: signal ?? null });
      return (await reply.json()) as Explanation;
    },
    warm: async () => undefined,
    live: openSocketStream,
    close: () => undefined,
  };
}
