/** Registers the service worker, and has it keep the models: after the first visit the app works without a network. */

/** How long after the page is there, in ms: what a person does first goes first. */
const IDLE_MS = 4_000;

async function register(): Promise<void> {
  await navigator.serviceWorker.register("/service-worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData !== true) setTimeout(() => active?.postMessage("keep"), IDLE_MS);
}

export function keepForOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    // Where it is refused (a private window, a plain address), the app works as any page does.
    void register().catch(() => undefined);
  });
}
