/** Every data set from five invented rows in its own file format. */
import { describe, expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { prepareDataset } from "../prepare.ts";
import type { Row } from "../row.ts";
import { gridSentence } from "./clips.ts";
import { ferDropped, ferPlusDistribution } from "./fer2013.ts";
import { DATASETS } from "./table.ts";

const FER =
  "row,split,file,offset,label,ferplus_majority,v_neutral,v_happiness,v_surprise,v_sadness,v_anger,v_disgust,v_fear,v_contempt,v_unknown,v_NF,image_source,label_source,dup_group,kaggle_id";
const SPEECH = "file,emotion,emotion_raw,speaker,gender,age,text,language";
const RAVDESS =
  "file,emotion,emotion_raw,intensity,speaker,gender,age,sentence,text,language,emobox_test_fold,duration_s,emobox_track2";
const CPED = "TV_ID,Dialogue_ID,Utterance_ID,Speaker,Gender,Age,Sentiment,Emotion,DA,Utterance";
const post = (id: number, content: string, label: string): object => ({ id, content, label });
const ewect = { eval: JSON.stringify([post(1, "还行", "neutral")]), test: JSON.stringify([post(1, "真好", "happy")]) };

/** Files of each set, and what must come out: `id split label` of each row. */
const CASES: Readonly<
  Record<string, { files: Readonly<Record<string, string>>; rows: readonly string[]; dropped?: number }>
> = {
  goemotions: {
    files: {
      "text/goemotions/ekman/labels.txt": "anger\ndisgust\nfear\njoy\nneutral\nsadness\nsurprise\n",
      "text/goemotions/original/labels.txt": "admiration\namusement\nanger\n",
      "text/goemotions/ekman/train.tsv": "Lovely work\t3\ta1\nStop it, ha\t0,3\ta2\nno tabs here\n",
      "text/goemotions/ekman/dev.tsv": "So it is\t4\tb1\n",
      "text/goemotions/ekman/test.tsv": "Oh?\t6\tc1\n",
      "text/goemotions/original/train.tsv": "Lovely work\t0\ta1\nStop it, ha\t2,1\ta2\n",
      "text/goemotions/original/dev.tsv": "",
      "text/goemotions/original/test.tsv": "",
    },
    rows: [
      "goemotions-a1 train joy",
      "goemotions-a2 train anger|joy",
      "goemotions-b1 validation neutral",
      "goemotions-c1 test surprise",
    ],
    dropped: 1,
  },
  xed: {
    files: {
      "text/xed/en-annotated.tsv": "Get out !\t1\nWe trust you .\t8, 5\n",
      "text/xed/neu_en.txt": "9\tThe door.\n",
      "text/xed/cn-projections.tsv": "快走\t4\n",
      "text/xed/zh-projections.tsv": "debris without a label\n",
      "text/xed/tw-projections.tsv": "你是誰\t7\n",
    },
    rows: [
      "xed-en-1 train anger",
      "xed-en-2 train trust|joy",
      "xed-cn-1 train fear",
      "xed-tw-1 train surprise",
      "xed-neutral-1 train neutral",
    ],
    dropped: 1,
  },
  smp2020_ewect: {
    files: {
      "text/smp2020_ewect/usual_train.json": JSON.stringify([post(1, "真好", "happy"), post(2, "", "sad")]),
      "text/smp2020_ewect/usual_eval_labeled.txt": ewect.eval,
      "text/smp2020_ewect/usual_test_labeled.txt": ewect.test,
      "text/smp2020_ewect/virus_train.txt": JSON.stringify([post(1, "害怕", "fear")]),
      "text/smp2020_ewect/virus_eval_labeled.txt": ewect.eval,
      "text/smp2020_ewect/virus_test_labeled.txt": ewect.test,
    },
    rows: [
      ...[
        "ewect-usual-train-1 train joy",
        "ewect-usual-validation-1 validation neutral",
        "ewect-usual-test-1 test joy",
      ],
      ...[
        "ewect-virus-train-1 train fear",
        "ewect-virus-validation-1 validation neutral",
        "ewect-virus-test-1 test joy",
      ],
    ],
    dropped: 1,
  },
  xdailydialog: {
    files: {
      "text/xdailydialog/official/en_dev_human.txt": "Hi . __eou__ Ugh . __eou__\t1\t1 1\t0 2\n",
      "text/xdailydialog/official/zh_dev_human.txt": "你好。__eou__呃。__eou__\t1\t1 1\t0 2\n",
      "text/xdailydialog/official/en_test_human.txt": "No way ! __eou__\t1\t1\t6\n",
      "text/xdailydialog/official/zh_test_human.txt": "不会吧！__eou__\t1\t1\t6\n",
      // the second stands in test (in Chinese only), the third has two utterances in one language
      "text/xdailydialog/full_history/dialogues_text_En.txt": "Great !\nImpossible !\nA . __eou__ B .\n",
      "text/xdailydialog/full_history/dialogues_text_Zh.txt": "太好了！\n不会吧!\n甲。\n",
      "text/xdailydialog/full_history/dialogues_emotion.txt": "4\n6\n0 0\n",
    },
    rows: [
      ...["xdailydialog-validation-1-0-en validation neutral", "xdailydialog-validation-1-1-en validation disgust"],
      ...["xdailydialog-validation-1-0-zh validation neutral", "xdailydialog-validation-1-1-zh validation disgust"],
      ...["xdailydialog-test-1-0-en test surprise", "xdailydialog-test-1-0-zh test surprise"],
      ...["xdailydialog-train-1-0-en train joy", "xdailydialog-train-1-0-zh train joy"],
    ],
    dropped: 2,
  },
  clue_emotion: {
    files: {
      "text/clue_emotion/valid.txt":
        '{"id": 0, "content": "喜欢你", "label": "like"}\n{"id": 1, "content": "唉", "label": "sadness"}\n',
      "text/clue_emotion/test.txt": '{"id": 0, "content": "气死了", "label": "anger"}\n',
    },
    rows: ["clue-validation-0 train like", "clue-validation-1 train sadness", "clue-test-0 test anger"],
  },
  spianmo_weibo: {
    files: {
      "text/clue_emotion/valid.txt": "",
      "text/clue_emotion/test.txt": '{"id": 0, "content": "气死了！", "label": "anger"}\n',
      "text/spianmo_weibo/lstm_sentiment_classification_8_total.txt":
        "####\n##  header\nanger:气死了\nnone:九点:开会\n",
      "text/spianmo_weibo/simplifyweibo_5_moods.txt": "happiness:哈哈\n",
    },
    rows: ["spianmo-mix-4 train neutral", "spianmo-simplify-1 train joy"],
    dropped: 1,
  },
  nlpcc2013: {
    files: {
      "text/nlpcc2013/Nlpcc2013Train.tsv": '标签,文本\nnone,去开会\nlike,"好,很好"\nanger,\nfear,怕\ndisgust,恶,心\n',
    },
    rows: [
      "nlpcc2013-2 train neutral",
      "nlpcc2013-3 train like",
      "nlpcc2013-5 train fear",
      "nlpcc2013-6 train disgust",
    ],
    dropped: 1,
  },
  cped: {
    files: {
      "text/cped/valid_split.csv": `\uFEFF${CPED}\n1,1_0,1_0_0,甲,male,young,neutral,relaxed,statement,好啊\n1,1_0,1_0_1,乙,female,young,negative,worried,statement,怎么办\n`,
      "text/cped/test_split.csv": `\uFEFF${CPED}\n2,2_0,2_0_0,丙,male,old,negative,negative-other,statement,"哼, 算了"\n`,
    },
    rows: ["cped-1_0_0 validation calm", "cped-1_0_1 validation nervousness", "cped-2_0_0 test negative"],
  },
  tweeteval_emotion: {
    files: {
      "text/tweeteval_emotion/train_text.txt": "we can do it \nso cross\nno label\n",
      "text/tweeteval_emotion/train_labels.txt": "2\n0\n",
      "text/tweeteval_emotion/val_text.txt": "yay\n",
      "text/tweeteval_emotion/val_labels.txt": "1\n",
      "text/tweeteval_emotion/test_text.txt": "sigh\n",
      "text/tweeteval_emotion/test_labels.txt": "3\n",
    },
    rows: [
      "tweeteval-train-0 train optimism",
      "tweeteval-train-1 train anger",
      "tweeteval-val-0 validation joy",
      "tweeteval-test-0 test sadness",
    ],
    dropped: 1,
  },
  fer2013: {
    files: {
      "face/fer2013/labels.csv": [
        FER,
        "0,Training,train-0.png,0,angry,anger,1,0,0,0,3,0,0,0,0,0,png,rowindex,,",
        "1,Training,train-0.png,1,sad,NF,0,0,0,0,0,0,0,1,0,9,jpeg-up,image,,",
        "2,Training,train-0.png,2,happy,happiness,0,9,0,0,0,0,0,0,1,0,png,image,5,",
        "3,PublicTest,public.png,0,happy,happiness,0,9,0,0,0,0,0,0,1,0,png,image,5,P_1.jpg",
        "4,PrivateTest,private.png,0,neutral,neutral,9,0,0,0,0,0,0,0,0,0,png,image,,P_2.jpg",
      ].join("\n"),
    },
    rows: [
      "fer2013-0 train anger",
      "fer2013-1 train sadness",
      "fer2013-2 train joy",
      "fer2013-3 validation joy",
      "fer2013-4 test neutral",
    ],
  },
  ferplus: {
    files: {
      "face/fer2013/labels.csv": [
        FER,
        "0,Training,train-0.png,0,angry,anger,1,0,0,0,3,0,0,0,0,0,png,rowindex,,",
        "1,Training,train-0.png,1,sad,NF,0,0,0,0,0,0,0,1,0,9,jpeg-up,image,,",
        "2,Training,train-0.png,2,happy,happiness,0,9,0,0,0,0,0,0,1,0,png,image,5,",
        "3,PublicTest,public.png,0,happy,happiness,0,9,0,0,0,0,0,0,1,0,png,image,5,P_1.jpg",
        "4,PrivateTest,private.png,0,neutral,neutral,9,0,0,0,0,0,0,0,0,0,png,image,,P_2.jpg",
      ].join("\n"),
    },
    rows: [
      "ferplus-0 train -",
      "ferplus-1 train -",
      "ferplus-2 train -",
      "ferplus-3 validation joy",
      "ferplus-4 test neutral",
    ],
  },
  e2e: {
    files: {
      "face/e2e/lisa1.jpg": "",
      "face/e2e/labels.csv":
        'file,width,height,faces,label,licence,source,note,bytes\nlisa1.jpg,6,8,1,neutral,CC0,here,upright,9\ncat.png,4,3,0,,CC0,here,"cat, asleep",9\npair.jpg,4,3,2,largest: happiness,CC0,here,,9\n',
    },
    rows: ["e2e-lisa1.jpg test neutral", "e2e-cat.png test -", "e2e-pair.jpg test -"],
  },
  ravdess: {
    files: {
      "speech/ravdess/labels.csv": [
        RAVDESS,
        ...[
          ["01", "male", 1],
          ["02", "female", 2],
          ["03", "male", 2],
          ["04", "female", 3],
          ["05", "male", 3],
        ].map(
          ([actor, sex, fold]) =>
            `03-01-02-01-01-01-${actor}.flac,calm,02,normal,${actor},${sex},,01/rep01,Words,en,${fold},3.3,0`,
        ),
      ].join("\n"),
    },
    // two of actors 02 to 05, a man and a woman, are for selection: which ones depends on the seed, so only the label
    rows: ["01", "02", "03", "04", "05"].map((actor) => `ravdess-03-01-02-01-01-01-${actor} * calm`),
  },
  tess: {
    files: {
      "speech/tess/labels.csv": `${SPEECH}\nOAF_back_ps.opus,surprise,ps,OAF,female,64,Say the word back,en\nYAF_bar_sad.opus,sadness,sad,YAF,female,26,Say the word bar,en\n`,
    },
    rows: ["tess-OAF_back_ps train surprise", "tess-YAF_bar_sad train sadness"],
  },
  nemo: {
    files: {
      "speech/nemo/labels.csv": `${SPEECH}\nAB0_anger_1.opus,anger,anger,AB0,female,30,Dzień dobry.,pl\nCD1_odd_1.opus,grumbling,odd,CD1,male,30,Tak.,pl\n`,
    },
    rows: ["nemo-AB0_anger_1 train anger"],
    dropped: 1,
  },
  esc10_noise: {
    files: {
      "speech/esc10_noise/ATTRIBUTION.txt": "",
      "speech/esc10_noise/labels.csv": "file,class\n1-1-A.opus,Rain\n1-2-A.opus,Dog bark\n",
    },
    rows: ["esc10-1-1-A - -", "esc10-1-2-A - -"],
  },
  mosi_bclstm: {
    files: {
      "multimodal/mosi_bclstm/utterances.jsonl":
        '{"id":"v_1","video":"v","utt":1,"split":"train","row":0,"label":0,"text":"MEH","sentiment":-1.2}\n{"id":"w_1","video":"w","utt":1,"split":"test","row":1,"label":1,"text":"NICE","sentiment":2}\n',
    },
    rows: ["mosi-v_1 train negative", "mosi-w_1 test positive"],
  },
  ravdess_openwillis: {
    files: {
      "multimodal/ravdess_openwillis/meta.json": JSON.stringify({
        rows: [1, 2, 3].map((actor) => ({
          file: `01-01-03-01-01-01-0${actor}`,
          emotion: "happy",
          intensity: 1,
          actor,
          gender: actor % 2 ? "male" : "female",
          fold: actor,
        })),
      }),
    },
    rows: [1, 2, 3].map((actor) => `openwillis-01-01-03-01-01-01-0${actor} * joy`),
  },
  clips: {
    files: {
      "multimodal/clips/bbaf2n.mpg": "",
      "multimodal/clips/01-01-01-01-01-01-01.mp4": "",
      "multimodal/clips/SOURCE.md": "",
      "multimodal/clips/what.mpg": "",
    },
    rows: ["clips-01-01-01-01-01-01-01 test neutral", "clips-bbaf2n test neutral"],
    dropped: 1,
  },
};

function summary(row: Row, anySplit: boolean): string {
  return `${row.id} ${anySplit ? "*" : (row.split ?? "-")} ${row.label ?? row.labels?.join("|") ?? "-"}`;
}

async function rowsOf(name: string): Promise<readonly Row[]> {
  return (await prepareDataset(name, temporaryFiles(CASES[name]?.files))).manifest.rows;
}

test("every data set of the table has a case here, a licence, terms and a source", () => {
  expect(Object.keys(CASES).sort()).toEqual(DATASETS.map(({ name }) => name).sort());
  for (const { licence, source, terms } of DATASETS) expect(licence && source && terms).toBeTruthy();
});

test.each(Object.keys(CASES))("%s: its own files become rows", async (name) => {
  const { files = {}, rows = [], dropped = 0 } = CASES[name] ?? {};
  const { manifest, report } = await prepareDataset(name, temporaryFiles(files));
  expect(manifest.rows.map((row) => summary(row, rows[0]?.includes(" * ") === true))).toEqual(rows);
  expect(report.problems).toHaveLength(dropped);
  expect(report.rows).toBe(rows.length);
  expect(manifest.header).toMatchObject({ name });
  const declared = DATASETS.find((dataset) => dataset.name === name)?.labels ?? [];
  expect(declared).toEqual(expect.arrayContaining(Object.keys(report.labels)));
});

describe("what the cleaning needs is kept", () => {
  test("FER2013: place in the strip, votes, twins, and what a training drops", async () => {
    const rows = await rowsOf("fer2013");
    expect(rows[1]?.image).toBe("train-0.png#xywh=0,48,48,48");
    expect(rows.map(ferDropped)).toEqual([false, true, true, false, false]);
    expect(rows[3]?.extra).toMatchObject({ inTrain: true, dupGroup: 5, imageSource: "png" });
    // 1 of 4 votes neutral, 3 anger; contempt and not-a-face votes do not count
    expect(rows[0] && ferPlusDistribution(rows[0])).toMatchObject({ neutral: 0.25, anger: 0.75, joy: 0 });
    expect(rows[1] && ferPlusDistribution(rows[1])).toBeUndefined();
  });

  test("FER+: shares of the votes, a single voter's left out, and FER2013's label beside them", async () => {
    const [first, second] = await rowsOf("ferplus");
    // 3 votes for anger and 1 for neutral
    expect(first).toMatchObject({ distribution: { anger: 1 }, extra: { ferLabel: "anger" } });
    // Nobody agrees with anybody: the one vote for contempt counts. A training drops the row, as it is no face.
    expect(second).toMatchObject({ distribution: { contempt: 1 }, extra: { ferLabel: "sadness" } });
    expect(second && ferDropped(second)).toBe(true);
  });

  test("FER+: a test row without a majority is dropped", async () => {
    const line = "0,PrivateTest,private.png,1,angry,unknown,3,0,0,0,3,0,0,0,0,0,png,image,,";
    const files = temporaryFiles({ "face/fer2013/labels.csv": `${FER}\n${line}` });
    const { manifest, report } = await prepareDataset("ferplus", files);
    expect(manifest.rows).toEqual([]);
    expect(report.problems).toMatchObject([{ code: "dropped", id: "fer2013-0", line: 2 }]);
  });

  test("EWECT: test texts that stand in the training rows of their domain", async () => {
    const flags = (await rowsOf("smp2020_ewect")).map(({ extra }) => extra.inTrain);
    expect(flags).toEqual([undefined, false, true, undefined, false, false]);
  });

  test("RAVDESS: speaker, fold, take; the fold asked for is the test", async () => {
    const files = temporaryFiles(CASES.ravdess?.files);
    const { manifest } = await prepareDataset("ravdess", files, { fold: 2 });
    expect(manifest.rows[0]).toMatchObject({
      subject: "ravdess-01",
      audio: "03-01-02-01-01-01-01.flac",
      extra: { sex: "male", take: "02-01-01-01-01", statement: "01", emoboxTestFold: 1, durationMs: 3300 },
    });
    const tested = manifest.rows.filter(({ split }) => split === "test").map(({ subject }) => subject);
    expect(tested).toEqual(["ravdess-02", "ravdess-03"]);
  });

  test("GoEmotions: the fine labels", async () => {
    expect((await rowsOf("goemotions")).map(({ extra }) => extra.fine).slice(0, 2)).toEqual([
      ["admiration"],
      ["anger", "amusement"],
    ]);
  });

  test("feature sets point at rows of their matrices", async () => {
    expect((await rowsOf("mosi_bclstm"))[1]?.features).toEqual({
      text: "text.npy#row=1",
      face: "video.npy#row=1",
      speech: "audio.npy#row=1",
    });
  });

  test("clips: the sentence that the name spells", () => {
    expect(gridSentence("bbaf2n")).toBe("bin blue at F two now");
    expect(gridSentence("zzzzzz")).toBeUndefined();
  });
});

describe("prepareDataset", () => {
  test("finds a data set by its own folder as well", async () => {
    const files = temporaryFiles({ "nemo/labels.csv": CASES.nemo?.files["speech/nemo/labels.csv"] ?? "" });
    expect((await prepareDataset("nemo", files)).manifest.base).toBe("nemo");
    expect((await prepareDataset("nemo", files, { root: "nemo" })).manifest.base).toBe("nemo");
  });

  test("says where it looked if the data are not there, and what there is if the name is unknown", async () => {
    const files = temporaryFiles();
    await expect(prepareDataset("nemo", files)).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("speech/nemo/labels.csv") as string,
    });
    await expect(prepareDataset("imagenet", files)).rejects.toMatchObject({ code: "usage" });
  });

  test("strict: a broken row is fatal, a row that the cleaning drops is not", async () => {
    await expect(prepareDataset("nemo", temporaryFiles(CASES.nemo?.files), { strict: true })).rejects.toMatchObject({
      code: "manifest",
    });
    const spianmo = temporaryFiles(CASES.spianmo_weibo?.files);
    expect((await prepareDataset("spianmo_weibo", spianmo, { strict: true })).report.rows).toBe(2);
  });

  test("a set that cannot be cleaned without another says so", async () => {
    const {
      "text/clue_emotion/test.txt": _test,
      "text/clue_emotion/valid.txt": _valid,
      ...alone
    } = CASES.spianmo_weibo?.files ?? {};
    await expect(prepareDataset("spianmo_weibo", temporaryFiles(alone))).rejects.toMatchObject({ code: "data" });
  });
});
