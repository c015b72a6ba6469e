/** Texts outside the domain of the text models. @table */
import { random } from "../../../src/core/random.ts";

/** Everyday sentences in languages that no text model was trained on. */
export const OTHER_LANGUAGES: readonly string[] = [
  ..."Je ne trouve plus mes clés.|Il fait beau ce matin à Lyon.|Nous avons mangé chez ma tante hier soir.|Le train part à huit heures.".split(
    "|",
  ),
  ..."Quelle bonne surprise de te voir ici !|Elle pleure depuis deux jours.|J'ai peur de rater mon examen.|Arrête de me parler comme ça !".split(
    "|",
  ),
  ..."Ich habe heute keine Zeit zum Kochen.|Das ist ja unglaublich schön geworden!|Der Bus kommt schon wieder zu spät.|Wir treffen uns am Freitag um sechs.".split(
    "|",
  ),
  ..."Mir ist das alles viel zu laut.|Er hat seit Wochen nicht angerufen.|Ich fürchte mich vor dem Keller.|Herzlichen Glückwunsch zum Geburtstag!".split(
    "|",
  ),
  ..."No encuentro mis llaves.|Mañana vamos al mercado con mi abuela.|¡Qué alegría verte otra vez!|Estoy harto de esperar.".split(
    "|",
  ),
  ..."Me da miedo la oscuridad.|El perro duerme en la cocina.|Perdimos el partido y estoy triste.|La reunión es a las nueve.".split(
    "|",
  ),
  ..."Я сегодня очень устал.|Поезд отправляется в восемь часов.|Какая приятная неожиданность!|Мне страшно идти домой одной.".split(
    "|",
  ),
  ..."Он опять забыл про мой день рождения.|Мы живём на третьем этаже.|Не кричи на меня!|Бабушка испекла пирог.".split(
    "|",
  ),
  ..."Nie mogę znaleźć telefonu.|Jutro jedziemy nad morze.|Bardzo się cieszę, że cię widzę!|Znowu pada deszcz.".split(
    "|",
  ),
  ..."Anahtarlarımı bulamıyorum.|Yarın denize gidiyoruz.|Seni gördüğüme çok sevindim!|Karanlıktan korkuyorum.".split(
    "|",
  ),
  ..."मुझे आज बहुत काम है।|हम कल बाज़ार जाएँगे।|तुम्हें देखकर बहुत खुशी हुई!|मुझे अँधेरे से डर लगता है।".split("|"),
  ..."لا أجد مفاتيحي.|سنذهب غدا إلى السوق.|سعيد جدا برؤيتك!|أخاف من الظلام.".split("|"),
];

/** Japanese with many Chinese characters, and classical Chinese: what the router takes for Chinese. */
export const LOOKS_CHINESE: readonly string[] = [
  ..."今日は仕事が忙しい。|明日東京駅で会いましょう。|電車が三十分遅延した。|母が病院に入院しました。|試験に合格して嬉しい！|毎朝新聞を読みます。".split(
    "|",
  ),
  ..."会議は午後二時開始です。|暗闇が怖い。|彼は約束を忘れた。|京都大学経済学部卒業。|雨天中止の場合連絡します。|誕生日祝賀会の案内状。".split(
    "|",
  ),
  ..."天地玄黃，宇宙洪荒。|日月盈昃，辰宿列張。|寒來暑往，秋收冬藏。|閏餘成歲，律呂調陽。|道可道，非常道。|名可名，非常名。".split(
    "|",
  ),
  ..."關關雎鳩，在河之洲。|學而時習之，不亦說乎。|北冥有魚，其名為鯤。|大學之道，在明明德。|天命之謂性，率性之謂道。|初，鄭武公娶于申。".split(
    "|",
  ),
];

const LOREM =
  "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat".split(
    " ",
  );

function sentences(count: number, words: (at: number) => string, lengths: readonly [number, number]): string[] {
  const generator = random(7);
  return Array.from({ length: count }, () => {
    const length = lengths[0] + generator.integer(lengths[1] - lengths[0] + 1);
    return Array.from({ length }, () => words(generator.integer(1_000_000))).join(" ");
  });
}

export const lorem = (count: number): string[] => sentences(count, (at) => LOREM[at % LOREM.length] as string, [6, 14]);

/** Letters struck at random. */
export const keyboard = (count: number): string[] =>
  sentences(
    count,
    (at) =>
      (at * 2_654_435_761)
        .toString(36)
        .replace(/\d/gu, "")
        .slice(0, 2 + (at % 7)) || "x",
    [3, 9],
  );

/** Common Chinese characters in random order. */
export const shuffledHan = (count: number): string[] =>
  sentences(count, (at) => String.fromCodePoint(0x4e00 + (at % 6_000)), [8, 20]).map((text) =>
    text.replaceAll(" ", ""),
  );

export const CODE_AND_NUMBERS: readonly string[] = [
  ..."for (let i = 0; i < n; i++) sum += a[i];|SELECT id, name FROM users WHERE age > 30;|git commit -m 'fix'|const x = await fetch(url);".split(
    "|",
  ),
  ..."def main(): return 0|<div class='row'></div>|npm run build && npm test|rm -rf build/".split("|"),
  ..."3.14159 2.71828 1.41421|2024-05-17 08:30:00 UTC|192.168.0.1:8080|+49 30 1234567".split("|"),
  ..."x² + y² = z²|ISBN 978-3-16-148410-0|0xDEADBEEF 0b1011|A1 B2 C3 D4 E5".split("|"),
  ...'{"id": 12, "ok": true}|#include <stdio.h>|sudo apt install make|E = mc^2'.split("|"),
];

/** Lines of logs of four kinds. */
export const logLines = (count: number): string[] => {
  const generator = random(11);
  const two = (most: number): string => String(generator.integer(most)).padStart(2, "0");
  const any = (words: string): string => {
    const all = words.split(" ");
    return all[generator.integer(all.length)] as string;
  };
  const time = (): string => `${two(24)}:${two(60)}:${two(60)}`;
  const kinds = [
    () =>
      `2025-0${1 + generator.integer(9)}-${two(28)} ${time()} ${any("INFO WARN ERROR")} [${any("main worker pool")}-${generator.integer(9)}] ${any("cache session upload")}.${any("miss open retry")}: id=${generator.integer(9_999)} took ${generator.integer(900)}ms`,
    () =>
      `10.0.${generator.integer(255)}.${generator.integer(255)} - - [${two(28)}/Mar/2025:${time()} +0000] "GET /${any("api static img")}/${generator.integer(999)} HTTP/1.1" ${any("200 304 404 500")} ${generator.integer(9_999)}`,
    () =>
      `{"level":${any("30 40 50")},"time":${1_700_000_000 + generator.integer(9_999_999)},"msg":"${any("started closed failed")}","pid":${generator.integer(32_000)}}`,
    () =>
      `  at ${any("Object Module Server")}.${any("load emit parse")} (/srv/app/${any("index main util")}.js:${generator.integer(400)}:${generator.integer(80)})`,
  ] as const;
  return Array.from({ length: count }, (_, at) => (kinds[at % kinds.length] as () => string)());
};

/** Addresses without a word beside them. */
export const addresses = (count: number): string[] => {
  const generator = random(13);
  const word = (): string => generator.integer(1e9).toString(36);
  return Array.from({ length: count }, (_, at) =>
    at % 2 === 0
      ? `https://www.${word()}.org/${word()}?id=${generator.integer(999)}`
      : `/usr/${word()}/${word()}.txt C:\\${word()}\\${word()}.dat`,
  );
};
