/**
 * Keeps the app for use without a network: its own files when it is installed, the models when the app is idle. What the
 * service answers is never kept.
 */
import type { CATALOGUE_PATH, Catalogue } from "../recognize/catalogue.ts";

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchLike extends LifeEvent {
  readonly request: Request;
  respondWith(reply: Promise<Response>): void;
}
/** As far as it is used here; the types of service workers and of pages exclude each other. */
interface ServiceWorkerScope {
  addEventListener(type: "install" | "activate" | "message", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchLike) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
}
const scope = globalThis as unknown as ServiceWorkerScope;

/** Put in by the build: what is kept when the app is installed, and what is large enough to wait for an idle moment. */
const SOON = "%SOON%" as unknown as readonly string[];
const LATER = "%LATER%" as unknown as readonly string[];
/** Written out: a service worker of every browser is one file without imports. */
const CATALOGUE: typeof CATALOGUE_PATH = "/files/models.json";
const APP = "affekt-app";
const KEPT = "affekt-files";
/** Their addresses change with their content. */
const FOR_GOOD = /^\/(?:assets|files)\/.+-[\w-]{8,}\.\w+$/u;

async function keep(cache: Cache, url: string): Promise<void> {
  if ((await cache.match(url)) === undefined) await cache.add(url);
}

async function install(): Promise<void> {
  const cache = await caches.open(APP);
  await cache.addAll(SOON.filter((file) => !FOR_GOOD.test(file)));
  const files = await caches.open(KEPT);
  await Promise.all(SOON.filter((file) => FOR_GOOD.test(file)).map((file) => keep(files, file)));
  await scope.skipWaiting();
}

/** Fetches what is not there yet of the models, one after the other, and drops what is of older releases. */
async function keepModels(): Promise<void> {
  const reply = await fetch(CATALOGUE);
  if (!reply.ok) return;
  await (await caches.open(APP)).put(CATALOGUE, reply.clone());
  const { models, detector, voice } = (await reply.json()) as Catalogue;
  const files = await caches.open(KEPT);
  const networks = [...models, detector?.blazeface, detector?.facemesh, voice].flatMap((file) => file?.url ?? []);
  const wanted = [...LATER, ...networks];
  for (const url of wanted) await keep(files, url);
  for (const { url } of await files.keys()) {
    const { pathname } = new URL(url);
    if (!wanted.includes(pathname) && !SOON.includes(pathname)) await files.delete(url);
  }
}

async function forGood(request: Request): Promise<Response> {
  const files = await caches.open(KEPT);
  const kept = await files.match(request.url);
  if (kept !== undefined) return kept;
  const reply = await fetch(request);
  if (reply.ok) await files.put(request.url, reply.clone());
  return reply;
}

/** The newest where there is a network, else what was kept. */
async function newest(request: Request): Promise<Response> {
  const cache = await caches.open(APP);
  const path = request.mode === "navigate" ? "/" : new URL(request.url).pathname;
  try {
    const reply = await fetch(request);
    if (reply.ok) await cache.put(path, reply.clone());
    return reply;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept !== undefined) return kept;
    throw error;
  }
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("message", (event) => event.waitUntil(keepModels().catch(() => undefined)));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== scope.location.origin) return;
  if (FOR_GOOD.test(pathname)) event.respondWith(forGood(request));
  else if (pathname === "/" || pathname === CATALOGUE || SOON.includes(pathname)) {
    event.respondWith(newest(request));
  }
});
