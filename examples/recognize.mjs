/**
 * Texts, one and many, recognized by a running service (`affekt serve`); then everything about the person is erased.
 *
 *     AFFEKT_URL=http://127.0.0.1:8080 node examples/recognize.mjs
 */
import { createClient } from "affekt/client";

const { AFFEKT_URL = "http://127.0.0.1:8080", AFFEKT_KEY } = process.env;
const client = createClient({ url: AFFEKT_URL, ...(AFFEKT_KEY ? { key: AFFEKT_KEY } : {}) });

const { label, confidence } = await client.recognize({ text: "😀 What a lovely surprise", subject: "anna" });
console.log(`appears to express ${label ?? "nothing certain"} (${confidence.toFixed(2)})`);

const results = await client.recognizeBatch(["😀", "😡 This is outrageous"].map((text) => ({ text, subject: "anna" })));
for (const result of results) console.log(result.status === "ok" ? result.prediction.label : result.problem.detail);

let kept = 0;
for await (const _ of client.predictions({ subject: "anna" })) kept++;
const { erased } = await client.eraseSubject("anna");
console.log(`${kept} kept, ${erased.predictions} erased`);
