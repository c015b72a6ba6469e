/** Faults and bad input, each tried on the real service: quickly here, at full length by `npm run bench -- faults`. */
import { afterAll, expect, test, vi } from "vitest";
import { createAttempts } from "./attempt.ts";
import { FAULTS } from "./table.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const attempts = createAttempts(true);
afterAll(() => attempts.close());

for (const fault of FAULTS.filter(({ covered }) => covered === undefined)) {
  const lacks = fault.lacks?.();
  if (lacks !== undefined) console.log(`skipped: ${fault.name} (${lacks})`);
  test.skipIf(lacks !== undefined)(`${fault.name}`, async () => {
    const { wrong, happened, jobs } = await attempts.try(fault);
    expect(wrong, happened).toEqual([]);
    if (jobs !== undefined) expect(jobs).toEqual({ sent: jobs.sent, lost: 0, doubled: 0 });
  });
}
