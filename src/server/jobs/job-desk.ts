/**
 * Where jobs are taken in and looked after. What is to be recognized waits sealed: small inputs beside the job, large
 * ones in the media folder. It goes as soon as it is recognized, unless its owner asked to keep it for some days.
 */
import { randomUUID } from "node:crypto";
import type { Blobs } from "../../core/blobs.ts";
import { AffektError } from "../../core/errors.ts";
import type { Modality } from "../../core/modality.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Job, SqlExecutor } from "../../store/job-store.ts";
import type { Store } from "../../store/store.ts";
import { admitItems, type Scenarios } from "../scenarios.ts";
import { encodeInputs, type SentInputs } from "./inputs-codec.ts";
import type { Seal } from "./seal.ts";

export interface DeskParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly seal: Seal;
  readonly clock: () => Date;
  /** Default: there are none. */
  readonly scenarios?: Scenarios | undefined;
  /** Puts items into the queue, in the store's own transaction. */
  readonly enqueue: (ids: readonly string[], sql: SqlExecutor) => Promise<void>;
  /** There is something new to do. */
  readonly wake: () => void;
}

export interface JobRequest {
  readonly items: readonly {
    /** What the client calls it. */
    readonly name?: string | undefined;
    readonly subject?: string | undefined;
    readonly session?: string | undefined;
    readonly inputs: SentInputs;
  }[];
  readonly modalities?: readonly Modality[] | undefined;
  readonly scenario?: string | undefined;
  readonly jurisdiction?: string | undefined;
  readonly keep: boolean;
  readonly keepMediaDays?: number | undefined;
}

/** Files of a subject that were there, and that are there afterwards. */
export interface MediaErasure {
  readonly erased: number;
  readonly remaining: number;
}

export interface JobDesk {
  submit(owner: string, request: JobRequest): Promise<Job>;
  /** @returns undefined if there is no such job, or none that runs. An owner undefined: any. */
  cancel(owner: string | undefined, id: string): Promise<Job | undefined>;
  /** Lets dead items wait again. @returns how many */
  replay(owner: string | undefined, id: string): Promise<number>;
  /** @returns whether there was such a job */
  remove(owner: string | undefined, id: string): Promise<boolean>;
  removeMedia(ids: readonly string[]): Promise<void>;
  /** Deletes the sealed files that `erase` takes the items of. */
  erasing<T>(owner: string, subject: string, erase: () => Promise<T>): Promise<readonly [T, MediaErasure]>;
}

/** Sealed inputs up to this size lie beside the job. In bytes. */
const BESIDE = 64 * 1024;
const DAY_MS = 86_400_000;

export function createJobDesk({ store, blobs, seal, clock, scenarios, enqueue, wake }: DeskParts): JobDesk {
  async function removeMedia(ids: readonly string[]): Promise<void> {
    for (const id of ids) await blobs.remove(id);
  }

  /** @returns what may be looked at @throws AffektError `policy` */
  async function admitted(scenario: Scenario, owner: string, request: JobRequest): Promise<readonly Modality[]> {
    const { items, jurisdiction, keepMediaDays = 0 } = request;
    const { id, keep } = scenario;
    if (keepMediaDays > keep.mediaDays) {
      throw new AffektError(
        "policy",
        `The scenario ${id} keeps media for ${keep.mediaDays} days at most; asked for were ${keepMediaDays}.`,
        keep.mediaDays === 0 ? "Leave keepMediaDays out." : `Ask for ${keep.mediaDays} or fewer.`,
      );
    }
    const asked = items.map(({ subject, inputs }) => ({ subject, ...inputs }));
    return admitItems(store, scenario, { owner, items: asked, modalities: request.modalities, jurisdiction });
  }

  return {
    async submit(owner, request) {
      const { items, keep, keepMediaDays, jurisdiction } = request;
      const now = clock();
      const rules = scenarios?.named(request.scenario);
      const modalities = rules === undefined ? request.modalities : await admitted(rules, owner, request);
      const written: string[] = [];
      try {
        const rows = [];
        for (const { inputs, ...about } of items) {
          const id = randomUUID();
          const sealed = seal.close(id, encodeInputs(inputs));
          const beside = sealed.length <= BESIDE;
          if (!beside) {
            written.push(id);
            await blobs.put(id, sealed);
          }
          rows.push({ ...about, id, input: beside ? sealed : null });
        }
        const job = {
          id: randomUUID(),
          createdAt: now,
          modalities: modalities ?? null,
          keep,
          rules: rules ?? null,
          jurisdiction: jurisdiction ?? null,
          // Whoever sent the job has at least a day to fetch what came of it.
          keepUntil: rules === undefined ? null : new Date(now.getTime() + Math.max(1, rules.keep.days) * DAY_MS),
          mediaUntil: keepMediaDays === undefined ? null : new Date(now.getTime() + keepMediaDays * DAY_MS),
        };
        await store.addJob(owner, job, rows, enqueue);
        wake();
        return (await store.findJob(owner, job.id)) as Job;
      } catch (cause) {
        // What cannot be removed now is found by the sweep.
        await removeMedia(written).catch(() => {});
        throw cause;
      }
    },

    async cancel(owner, id) {
      const ended = await store.cancelJob(owner, id, clock());
      if (ended === undefined) return undefined;
      await removeMedia(ended);
      return store.findJob(owner, id);
    },

    async replay(owner, id) {
      const many = await store.replayItems(owner, id, enqueue);
      if (many > 0) wake();
      return many;
    },

    async remove(owner, id) {
      const media = await store.deleteJob(owner, id);
      if (media === undefined) return false;
      await removeMedia(media);
      return true;
    },

    removeMedia,

    async erasing(owner, subject, erase) {
      const ids = await store.mediaOf(owner, subject);
      const there: string[] = [];
      for (const id of ids) if (await blobs.has(id)) there.push(id);
      const erased = await erase();
      await removeMedia(there);
      let remaining = 0;
      for (const id of there) if (await blobs.has(id)) remaining++;
      return [erased, { erased: there.length, remaining }];
    },
  };
}
