/**
 * How often one key may ask: a bucket of tokens each (Turner 1986) that fills steadily and holds a burst. It lives in
 * this process; behind several of them a key may ask that many times as often.
 */

export interface RateLimitOptions {
  /** Requests a minute in the long run. */
  readonly perMinute: number;
  /** Requests at once after a pause. Default: a sixth of a minute's. */
  readonly burst?: number;
  /** In ms. Default: of this process. */
  readonly now?: () => number;
}

/** @returns 0, or the seconds after which `who` may ask again */
export type RateLimit = (who: string) => number;

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that are remembered before full ones, which tell nothing, are forgotten. */
const MANY = 10_000;

export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { perMinute, burst = Math.max(1, Math.ceil(perMinute / 6)), now = () => performance.now() } = options;
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, Bucket>();
  const filled = ({ tokens, at }: Bucket, time: number): number => Math.min(burst, tokens + (time - at) * perMs);
  return (who) => {
    const time = now();
    if (buckets.size > MANY) {
      for (const [name, bucket] of buckets) if (filled(bucket, time) >= burst) buckets.delete(name);
    }
    const bucket = buckets.get(who) ?? { tokens: burst, at: time };
    const tokens = filled(bucket, time);
    if (tokens < 1) return Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
    buckets.set(who, { tokens: tokens - 1, at: time });
    return 0;
  };
}
