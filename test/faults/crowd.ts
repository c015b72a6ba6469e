/** More clients than there is room for. */
import { counted, expectations, type Fault, quantile } from "./fault.ts";

export const crowd: Fault = {
  name: "200 clients beyond capacity",
  tried: "200 clients each ask 64 texts at a time, again and again for 20 s; 256 may wait",
  covered: "src/server/faults.test.ts",
  async run({ quick, shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const rose = service.watchMemory();
    const until = performance.now() + (quick ? 2_000 : 20_000);
    const inputs = Array.from({ length: 64 }, (_, at) => ({ text: `What a lovely day ${at} 😀` }));
    const answers: { status: number; ms: number; retryAfter: number | undefined }[] = [];
    const client = async (): Promise<void> => {
      while (performance.now() < until) answers.push(await service.post("/v1/recognize", { inputs, keep: false }));
    };
    await Promise.all(Array.from({ length: 200 }, client));
    const more = rose();
    const taken = answers.filter(({ status }) => status === 200).map(({ ms }) => ms);
    const refused = answers.filter(({ status }) => status !== 200);
    const refusedMs = refused.map(({ ms }) => ms);
    hold(taken.length > 0 && refused.length > 0, `answers: ${counted(answers.map(({ status }) => status))}`);
    hold(
      refused.every(({ status, retryAfter = 0 }) => status === 503 && retryAfter >= 1),
      "a refusal without 503 and Retry-After",
    );
    hold(Math.max(...taken) < 30_000, `an accepted request took ${Math.round(Math.max(...taken))} ms`);
    hold(more < 512, `memory rose by ${Math.round(more)} MiB`);
    const after = await service.post("/v1/recognize", { text: "fine 😀", keep: false });
    hold(after.status === 200, `afterwards a text got ${after.status}`);
    return {
      wrong,
      happened: `${counted(answers.map(({ status }) => status))}; accepted: p50 ${Math.round(quantile(taken, 0.5))}, p95 ${Math.round(quantile(taken, 0.95))} ms; refused: p50 ${Math.round(quantile(refusedMs, 0.5))}, p95 ${Math.round(quantile(refusedMs, 0.95))} ms; memory +${Math.round(more)} MiB`,
    };
  },
};
