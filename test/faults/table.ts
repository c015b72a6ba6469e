/** Every fault that is tried. */
import { mediaBombs } from "./bombs.ts";
import { crowd } from "./crowd.ts";
import { databaseAtStart, databaseAway } from "./database.ts";
import { fullDisk } from "./disk.ts";
import type { Fault } from "./fault.ts";
import { brokenForms } from "./forms.ts";
import { generated } from "./generated.ts";
import { wrongKeys } from "./keys.ts";
import { killedPostgres, killedService, killedWorker } from "./killed.ts";
import { hugeUpload, slowClients } from "./slow.ts";
import { flood, wrongMessages } from "./sockets.ts";

export const FAULTS: readonly Fault[] = [
  killedWorker,
  killedService,
  killedPostgres,
  fullDisk,
  databaseAtStart,
  databaseAway,
  slowClients,
  hugeUpload,
  mediaBombs,
  brokenForms,
  wrongMessages,
  flood,
  crowd,
  wrongKeys,
  generated,
];
