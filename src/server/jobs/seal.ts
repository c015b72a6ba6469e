/**
 * What a job holds until it is recognized is sealed: AES-256-GCM under a key that is drawn from the service's secret
 * (HKDF-SHA-256), bound to the item's id, so that no sealed input passes for another's.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AffektError } from "../../core/errors.ts";

export interface Seal {
  close(id: string, plain: Uint8Array): Uint8Array;
  /** @throws AffektError `data` if it was sealed under another secret or id, or was changed */
  open(id: string, sealed: Uint8Array): Uint8Array;
}

/** Layout: version (1 byte), nonce (12), tag (16), ciphertext. */
const VERSION = 1;
const [NONCE, TAG] = [12, 16];

export function createSeal(secret: string): Seal {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", "affekt job inputs 1", 32));
  return {
    close(id, plain) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(id));
      const text = [cipher.update(plain), cipher.final()];
      return new Uint8Array(Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), ...text]));
    },
    open(id, sealed) {
      try {
        if (sealed[0] !== VERSION) throw new Error("unknown layout");
        const nonce = sealed.subarray(1, 1 + NONCE);
        const cipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(id));
        cipher.setAuthTag(sealed.subarray(1 + NONCE, 1 + NONCE + TAG));
        return new Uint8Array(Buffer.concat([cipher.update(sealed.subarray(1 + NONCE + TAG)), cipher.final()]));
      } catch (cause) {
        throw new AffektError(
          "data",
          "A sealed input cannot be opened.",
          "All processes of one service need the same AFFEKT_SECRET.",
          { cause },
        );
      }
    },
  };
}
