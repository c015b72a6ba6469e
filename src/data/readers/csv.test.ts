import { expect, test } from "vitest";
import { csvRecords } from "./csv.ts";

async function fields(text: string, delimiter?: string): Promise<(readonly string[])[]> {
  const records: (readonly string[])[] = [];
  for await (const record of csvRecords(text.split("\n"), delimiter)) records.push(record.fields);
  return records;
}

test("quotes, doubled quotes, line breaks and empty fields, as in RFC 4180", async () => {
  expect(await fields('a,"b,c","d ""e""",""\n"f\n\ng",,h')).toEqual([
    ["a", "b,c", 'd "e"', ""],
    ["f\n\ng", "", "h"],
  ]);
});

test("a quote inside an unquoted field stands for itself", async () => {
  expect(await fields('5" disk,x')).toEqual([['5" disk', "x"]]);
});

test("the delimiter is a tab where the first line has one", async () => {
  expect(await fields("a\tb,c")).toEqual([["a", "b,c"]]);
  expect(await fields("a\tb,c", ",")).toEqual([["a\tb", "c"]]);
});

test("a quote that is never closed is told with the line where it opened", async () => {
  const records = [];
  for await (const record of csvRecords(["a,b", 'c,"d', "e"])) records.push(record);
  expect(records[1]).toMatchObject({ line: 2, unclosed: true });
});
