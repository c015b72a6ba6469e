/** Every data set that `affekt data prepare` knows. A new one is one file and one line here. */
import type { Dataset } from "./dataset.ts";
import { fer2013 } from "./fer2013.ts";
import { goemotions } from "./goemotions.ts";
import { nemo } from "./nemo.ts";
import { ravdess } from "./ravdess.ts";
import { smp2020Ewect } from "./smp2020-ewect.ts";
import { tess } from "./tess.ts";

export const DATASETS: readonly Dataset[] = [goemotions, smp2020Ewect, fer2013, ravdess, tess, nemo];
