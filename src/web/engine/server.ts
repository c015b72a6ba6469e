/** The engine of the server that this page came from. */
import type { Prediction } from "../../core/prediction.ts";
import type { Engine } from "./engine.ts";
import { serviceFetch } from "./service.ts";
import { openSocketStream } from "./socket.ts";

export function serverEngine(): Engine {
  return {
    async recognize(given, signal) {
      const form = new FormData();
      for (const [name, value] of Object.entries(given)) {
        if (typeof value === "string") form.append(name, value);
        else if (value !== undefined) form.append(name, value as Blob, "file");
      }
      const reply = await serviceFetch("/v1/recognize", { method: "POST", body: form, signal: signal ?? null });
      return (await reply.json()) as Prediction;
    },
    warm: async () => undefined,
    live: openSocketStream,
    close: () => undefined,
  };
}
