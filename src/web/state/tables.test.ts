import { describe, expect, test } from "vitest";
import { SaidError } from "./said-error.ts";
import { MOST_ROWS, readTable } from "./tables.ts";

describe("a table of texts", () => {
  test.each([
    ["a.csv", 'id,Text,Speaker,time\n1,hello,Ann,2026-01-31\n2,,Ben,\n3,"two\nlines",,5\n'],
    ["a.tsv", 'text\tspeaker\ttime\nhello\tAnn\t2026-01-31\r\n"two\nlines"\t\t5\r\n'],
    [
      "a.jsonl",
      '\uFEFF{"text":"hello","speaker":"Ann","time":"2026-01-31"}\n\n{"text":"two\\nlines","time":5,"more":[1]}\n',
    ],
  ])("%s gives texts with their speakers and times", async (name, content) => {
    const { rows, problems } = await readTable(name, content);
    expect(rows).toEqual([
      { text: "hello", speaker: "Ann", at: Date.parse("2026-01-31") },
      { text: "two\nlines", at: 5 },
    ]);
    expect(problems).toEqual([]);
  });

  test("a broken line is named with what was expected, and the others are taken", async () => {
    const { rows, problems } = await readTable("a.jsonl", '{"text":"a"}\n{"text": oh}\n{"txt":"b"}\n[1]\n{"text":"c"}');
    expect(rows.map(({ text }) => text)).toEqual(["a", "c"]);
    expect(problems.map(({ message }) => message)).toEqual([
      'Line 2 of a.jsonl is broken: {"text": oh}',
      'Line 3 of a.jsonl has no text: {"txt":"b"}',
      "Line 4 of a.jsonl has no text: [1]",
    ]);
    expect(problems[0]?.hint).toBe("files.lineHint");
  });

  test("of many broken lines ten are told and the rest is counted", async () => {
    const { problems } = await readTable("a.jsonl", "x\n".repeat(500));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)?.message).toBe("490 more lines of a.jsonl are broken.");
  });

  test.each([
    ["a.csv", "id,words\n1,hello\n", "files.noTextColumn"],
    ["a.csv", "id,text\n1,\n2, \n", "files.noRows"],
    ["a.csv", "text\n", "files.noRows"],
    ["a.jsonl", "\n\n", "files.noRows"],
  ])("%s with %j is refused by %s", async (name, content, title) => {
    const failure = await readTable(name, content).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SaidError);
    expect((failure as SaidError).title).toBe(title);
  });

  test("the columns that there are stand in the hint", async () => {
    const failure = await readTable("a.csv", "id,words\n1,hello\n").catch((error: unknown) => error);
    expect((failure as SaidError).values.columns).toBe("“id”, “words”");
  });

  test("a quotation mark that is never closed is told with its line", async () => {
    const { rows, problems } = await readTable("a.csv", 'text\nhello\n"never\nclosed\n');
    expect(rows.map(({ text }) => text)).toEqual(["hello"]);
    expect(problems[0]).toMatchObject({ title: "files.openQuote", values: { line: 3 } });
  });

  test("no more rows are taken than the page can show, and that is said", async () => {
    const { rows, problems } = await readTable("a.csv", `text\n${"hello\n".repeat(MOST_ROWS + 5)}`);
    expect(rows).toHaveLength(MOST_ROWS);
    expect(problems.map(({ title }) => title)).toEqual(["files.tooManyRows"]);
  });
});
