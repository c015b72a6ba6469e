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

/**
 * @param cost requests that this one counts as; more than a burst needs a full bucket, and leaves it in debt. Default 1.
 * @returns 0, or the seconds after which `who` may ask again
 */
export type RateLimit = (who: string, cost?: number) => number;

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
  return (who, cost = 1) => {
    const time = now();
    if (buckets.size > MANY) {
      for (const [name, bucket] of buckets) if (filled(bucket, time) >= burst) buckets.delete(name);
    }
    const bucket = buckets.get(who) ?? { tokens: burst, at: time };
    const tokens = filled(bucket, time);
    const needed = Math.min(cost, burst);
    if (tokens < needed) return Math.max(1, Math.ceil((needed - tokens) / perMs / 1000));
    buckets.set(who, { tokens: tokens - cost, at: time });
    return 0;
  };
}
