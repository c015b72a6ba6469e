/** The engine of the server that this page came from. */
import type { Explanation } from "../../core/explanation.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Engine, Given } from "./engine.ts";
import { serviceFetch } from "./service.ts";
import { openSocketStream } from "./socket.ts";

function formOf(given: Given): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string") form.append(name, value);
    else if (value !== undefined) form.append(name, value as Blob, "file");
  }
  return form;
}

export function serverEngine(): Engine {
  return {
    async recognize(given, signal) {
      const body = formOf(given);
      const reply = await serviceFetch("/v1/recognize", { method: "POST", body, signal: signal ?? null });
      return (await reply.json()) as Prediction;
    },
    async explain({ subject: _subject, ...given }, label, signal) {
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
