/** Works off what a person gave, one after the other, and can be stopped. */
import type { Engine, Given } from "../engine/engine.ts";
import { type Item, isOver, nextItem, showsPeople, type Why, withProgress, withWhy } from "../state/files.ts";
import { SaidError } from "../state/said-error.ts";
import type { Place, Settings } from "../state/settings.ts";
import { createStore, type Store } from "../state/store.ts";
import { NO_USE, saidUse, type TypedUse } from "../state/use.ts";
import { itemsOf } from "./add-files.ts";

export interface FileQueue {
  readonly items: Store<readonly Item[]>;
  /** Whether the people in the files agreed; taken back when the place changes or the files go that it was said of. */
  readonly agreed: Store<boolean>;
  /** What it is for, and the pseudonym under which a server keeps the results. */
  readonly use: Store<TypedUse>;
  /** Files are read one after the other; of those not read yet a cancel or a clear takes none. */
  add(files: Iterable<File>): Promise<void>;
  /** Asks what in an item speaks for a label; default: the one with the highest score. Only the last question counts. */
  explain(item: Item, label?: string): Promise<void>;
  cancel(): void;
  clear(): void;
}

export function givenOf({ kind, content }: Item, typed: TypedUse): Given {
  return { ...saidUse(typed), [kind]: content };
}

/** What the server takes of one text (`limits.ts` there), in characters. */
const MOST_AT_SERVER = 20_000;

/** @throws SaidError if the server would refuse a text for its length */
export function refuseLong({ text = "" }: Given, place: Place): void {
  if (place === "device" || text.length <= MOST_AT_SERVER) return;
  const values = { count: text.length.toLocaleString("en"), most: MOST_AT_SERVER.toLocaleString("en") };
  throw new SaidError("files.longText", "files.longTextHint", values);
}

export interface QueueParts {
  readonly settings: Pick<Store<Settings>, "get" | "watch">;
  engineAt(place: Place): Promise<Pick<Engine, "recognize" | "explain">>;
}

export function createFileQueue({ settings, engineAt }: QueueParts): FileQueue {
  const items = createStore<readonly Item[]>([]);
  const agreed = createStore(false);
  const use = createStore(NO_USE);
  let next = 0;
  /** How often everything was stopped. */
  let stops = 0;
  let running: AbortController | undefined;
  let asked: AbortController | undefined;

  async function work(): Promise<void> {
    if (running !== undefined) return;
    const own = new AbortController();
    running = own;
    for (;;) {
      const item = nextItem(items.get(), agreed.get());
      if (item === undefined || own.signal.aborted) break;
      items.update((all) => withProgress(all, item.id, { state: "running" }));
      try {
        const { place } = settings.get();
        const engine = await engineAt(place);
        const given = givenOf(item, use.get());
        refuseLong(given, place);
        const prediction = await engine.recognize(given, own.signal, (share) => {
          if (!own.signal.aborted) items.update((all) => withProgress(all, item.id, { state: "running", share }));
        });
        if (own.signal.aborted) break;
        items.update((all) => withProgress(all, item.id, { state: "done", prediction }));
      } catch (error) {
        if (own.signal.aborted) break;
        items.update((all) => withProgress(all, item.id, { state: "failed", error }));
      }
    }
    if (running === own) running = undefined;
  }

  agreed.watch(() => void work());
  let { place: last } = settings.get();
  settings.watch(({ place }) => {
    // Who agreed that nothing leaves the device has not agreed to what the server does.
    if (place !== last) agreed.set(false);
    last = place;
  });
  const stop = (): void => {
    stops++;
    running?.abort();
    running = undefined;
  };
  return {
    items,
    agreed,
    use,
    async add(files) {
      const before = stops;
      // A list that the browser hands over with a drop is empty once the event is over.
      for (const file of [...files]) {
        const fresh = await itemsOf(file);
        if (stops !== before) return;
        items.update((all) => [...all, ...fresh.map((one) => ({ ...one, id: next++ }))]);
      }
      void work();
    },
    async explain(item, label) {
      asked?.abort();
      const own = new AbortController();
      asked = own;
      const waiting: Why = { state: "running", label };
      items.update((all) => withWhy(all, item.id, waiting));
      const put = (why: Why | undefined): void => items.update((all) => withWhy(all, item.id, why, waiting));
      try {
        if (showsPeople(item) && !agreed.get()) throw new SaidError("files.notAgreed", "files.notAgreedHint");
        const engine = await engineAt(settings.get().place);
        const explanation = await engine.explain(givenOf(item, use.get()), label, own.signal);
        put(own.signal.aborted ? undefined : { state: "done", explanation });
      } catch (error) {
        put(own.signal.aborted ? undefined : { state: "failed", error });
      }
    },
    cancel() {
      stop();
      items.update((all) => all.map((item) => (isOver(item) ? item : { ...item, progress: { state: "cancelled" } })));
    },
    clear() {
      stop();
      asked?.abort();
      items.set([]);
      agreed.set(false);
    },
  };
}
