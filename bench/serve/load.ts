/** Asks one address as fast as it answers; options on standard input, what was measured on standard output. */
import { text } from "node:stream/consumers";
import autocannon from "autocannon";

const { url, body, clients, seconds } = JSON.parse(await text(process.stdin)) as {
  url: string;
  body: string;
  clients: number;
  seconds: number;
};
const found = await autocannon({
  url: `${url}/v1/recognize`,
  method: "POST",
  headers: { "content-type": "application/json" },
  body,
  connections: clients,
  duration: seconds,
  timeout: 60,
});
const { latency, duration } = found;
const answered = found["2xx"];
process.stdout.write(
  JSON.stringify({
    perSecond: answered / duration,
    p50: latency.p50,
    // autocannon gives 90 and 97.5, and not 95.
    p95: (latency.p90 + latency.p97_5) / 2,
    p99: latency.p99,
    refused: found.non2xx + found.errors + found.timeouts,
  }),
);
