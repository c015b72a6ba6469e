/** Every data set that `affekt data prepare` knows. A new one is one file and one line here. */
import { clips } from "./clips.ts";
import { clueEmotion } from "./clue-emotion.ts";
import { cped } from "./cped.ts";
import type { Dataset } from "./dataset.ts";
import { e2e } from "./e2e.ts";
import { esc10Noise } from "./esc10-noise.ts";
import { fer2013 } from "./fer2013.ts";
import { ferplus } from "./ferplus.ts";
import { goemotions } from "./goemotions.ts";
import { mosiBclstm } from "./mosi-bclstm.ts";
import { nemo } from "./nemo.ts";
import { nlpcc2013 } from "./nlpcc2013.ts";
import { ravdess } from "./ravdess.ts";
import { ravdessOpenwillis } from "./ravdess-openwillis.ts";
import { smp2020Ewect } from "./smp2020-ewect.ts";
import { spianmoWeibo } from "./spianmo-weibo.ts";
import { tess } from "./tess.ts";
import { tweetevalEmotion } from "./tweeteval-emotion.ts";
import { xdailydialog } from "./xdailydialog.ts";
import { xed } from "./xed.ts";

export const DATASETS: readonly Dataset[] = [
  goemotions,
  xed,
  smp2020Ewect,
  xdailydialog,
  clueEmotion,
  spianmoWeibo,
  nlpcc2013,
  cped,
  tweetevalEmotion,
  fer2013,
  ferplus,
  e2e,
  ravdess,
  tess,
  nemo,
  esc10Noise,
  mosiBclstm,
  ravdessOpenwillis,
  clips,
];
