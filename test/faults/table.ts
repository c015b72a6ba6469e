/** Every fault that is tried. */
import { mediaBombs } from "./bombs.ts";
import { crowd } from "./crowd.ts";
import type { Fault } from "./fault.ts";
import { brokenForms } from "./forms.ts";
import { wrongKeys } from "./keys.ts";
import { hugeUpload, slowClients } from "./slow.ts";
import { flood, wrongMessages } from "./sockets.ts";

export const FAULTS: readonly Fault[] = [
  slowClients,
  hugeUpload,
  mediaBombs,
  brokenForms,
  wrongMessages,
  flood,
  crowd,
  wrongKeys,
];
