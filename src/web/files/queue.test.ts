import { expect, test, vi } from "vitest";
import type { Explanation } from "../../core/explanation.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Place, Settings } from "../state/settings.ts";
import { createStore } from "../state/store.ts";
import { createFileQueue } from "./queue.ts";

/** A queue, and what was given to recognize where; an engine that says nothing about it. */
function queueWith({ place = "device" as Place } = {}) {
  const settings = createStore<Settings>({ language: "en", theme: "light", place });
  const given: string[] = [];
  const queue = createFileQueue({
    settings,
    engineAt: async (where) => ({
      recognize: async (one) => {
        given.push(`${Object.keys(one).join()} ${where}`);
        return {} as Prediction;
      },
      explain: async (one) => {
        given.push(`why ${Object.keys(one).join()} ${where}`);
        return {} as Explanation;
      },
    }),
  });
  const states = (): string[] => queue.items.get().map(({ progress }) => progress.state);
  const moveTo = (where: Place): void => settings.update((own) => ({ ...own, place: where }));
  return { queue, given, states, moveTo };
}

const picture = (name = "face.png") => new File(["picture"], name, { type: "image/png" });
const text = (name: string) => new File(["So happy!"], name, { type: "text/plain" });

test("pictures wait for consent, texts do not", async () => {
  const { queue, given, states } = queueWith();
  await queue.add([picture(), text("note.txt")]);
  await vi.waitFor(() => expect(states()).toEqual(["waiting", "done"]));
  queue.agreed.set(true);
  await vi.waitFor(() => expect(states()).toEqual(["done", "done"]));
  expect(given).toEqual(["text device", "image device"]);
});

test("consent to an analysis on the device sends no picture to the server, nor the other way around", async () => {
  const { queue, given, states, moveTo } = queueWith();
  queue.agreed.set(true);
  moveTo("server");
  expect(queue.agreed.get()).toBe(false);
  await queue.add([picture(), text("note.txt")]);
  await vi.waitFor(() => expect(states()).toEqual(["waiting", "done"]));
  queue.agreed.set(true);
  await vi.waitFor(() => expect(states()).toEqual(["done", "done"]));
  expect(given).toEqual(["text server", "image server"]);
  moveTo("device");
  expect(queue.agreed.get()).toBe(false);
});

test("consent outlives another language", () => {
  const settings = createStore<Settings>({ language: "en", theme: "light", place: "device" });
  const queue = createFileQueue({ settings, engineAt: () => Promise.reject(new Error("not asked")) });
  queue.agreed.set(true);
  settings.update((own) => ({ ...own, language: "zh" }));
  expect(queue.agreed.get()).toBe(true);
});

test("a picture answered on the device is not explained by the server before somebody agrees to that", async () => {
  const { queue, given, states, moveTo } = queueWith();
  queue.agreed.set(true);
  await queue.add([picture()]);
  await vi.waitFor(() => expect(states()).toEqual(["done"]));
  moveTo("server");
  const [item] = queue.items.get();
  await queue.explain(item!);
  expect(queue.items.get()[0]?.why).toMatchObject({ state: "failed", error: { title: "files.notAgreed" } });
  queue.agreed.set(true);
  await queue.explain(item!);
  expect(given).toEqual(["image device", "why image server"]);
});

test("consent goes with the files that it was given for", async () => {
  const { queue } = queueWith();
  queue.agreed.set(true);
  queue.clear();
  expect(queue.agreed.get()).toBe(false);
});

test.each(["cancel", "clear"] as const)("a %s while files are read takes none of the rest", async (verb) => {
  const { queue, given } = queueWith();
  const adding = queue.add([text("a.txt"), text("b.txt"), text("c.txt")]);
  queue[verb]();
  await adding;
  expect([queue.items.get(), given]).toEqual([[], []]);
  await queue.add([text("d.txt")]);
  await vi.waitFor(() => expect(given).toEqual(["text device"]));
});

test("a list of files that is emptied once its event is over is taken whole", async () => {
  const { queue } = queueWith();
  const dropped = [text("a.txt"), text("b.txt")];
  const adding = queue.add(dropped);
  dropped.length = 0;
  await adding;
  expect(queue.items.get().map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
});
