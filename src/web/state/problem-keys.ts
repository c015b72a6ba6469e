/** Which words of the app tell of an error. */
import { ERROR_CODES, type ErrorCode } from "../../core/errors.ts";
import type { Key } from "../strings.ts";

/** Errors that the browser raises, as far as a person can do something about them. */
const KNOWN: Readonly<Record<string, readonly [Key, Key]>> = {
  NotAllowedError: ["error.denied", "error.deniedHint"],
  SecurityError: ["error.insecure", "error.insecureHint"],
  InsecureContext: ["error.insecure", "error.insecureHint"],
  NotFoundError: ["error.noDevice", "error.noDeviceHint"],
  OverconstrainedError: ["error.noDevice", "error.noDeviceHint"],
  DeviceGone: ["error.deviceGone", "error.deviceGoneHint"],
  NotReadableError: ["error.busyDevice", "error.busyDeviceHint"],
  // Of getUserMedia: the device is there and allowed, and could not be used all the same.
  AbortError: ["error.busyDevice", "error.busyDeviceHint"],
};

/** With these the words that an error came with say nothing more. */
export const PLAIN_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "aborted",
  "busy",
  "deadline",
  "no-face",
  "no-speech",
  "rate",
  "unauthorized",
  "unavailable",
]);

/** What is said of a code of ours or the name of a browser's error, and what can be done. */
export function problemKeys(kind: string): readonly [Key, Key] | undefined {
  const code = ERROR_CODES.find((one) => one === kind);
  return code === undefined ? KNOWN[kind] : [`code.${code}`, `codeHint.${code}`];
}
