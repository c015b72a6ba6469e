/** Keys without a running service: how the first one is made for a service that more than this machine reaches. */
import { openStore } from "../store/open.ts";
import type { ApiKey } from "../store/store.ts";
import { makeKey } from "./api-key.ts";
import type { Scope } from "./endpoint.ts";
import { serviceSecret } from "./secret.ts";

export interface KeyRingOptions {
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** AFFEKT_SECRET. */
  readonly secret?: string | undefined;
}

export interface KeyRing {
  /** @returns the key, which is shown nowhere else */
  add(key: { name: string; owner: string; scopes: readonly Scope[]; days?: number | undefined }): Promise<string>;
  list(): Promise<readonly Omit<ApiKey, "hash">[]>;
  /** @returns whether there was such a key */
  revoke(id: string): Promise<boolean>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** @throws AffektError `config` if a service uses the data folder, `file`, `unavailable` */
export async function openKeyRing({ dataDir, databaseUrl, secret }: KeyRingOptions): Promise<KeyRing> {
  const own = await serviceSecret(secret, dataDir);
  const store = await openStore({ databaseUrl, dataDir });
  return {
    async add({ days, ...about }) {
      const now = new Date();
      const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
      const { row, token } = makeKey({ ...about, now, expiresAt }, own);
      await store.addKey(row);
      return token;
    },
    list: async () => (await store.listKeys()).map(({ hash: _hash, ...rest }) => rest),
    revoke: (id) => store.revokeKey(id, new Date()),
    close: store.close,
  };
}
