/** Registers the service worker: after the first visit the app works without a network. */
export function keepForOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    // Where it is refused (a private window, a plain address), the app works as any page does.
    void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
  });
}
