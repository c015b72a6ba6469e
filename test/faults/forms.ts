/** Forms (multipart/form-data) that are wrong. */
import { counted, expectations, type Fault } from "./fault.ts";

const part = (name: string, content = "hello") =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
const END = "--x--\r\n";

const FORMS: readonly (readonly [name: string, body: string, type?: string])[] = [
  ["nothing", ""],
  ["only an end", END],
  ["no end", part("text")],
  ["cut in a header", "--x\r\nContent-Disp"],
  ["cut in the content", '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhel'],
  ["another boundary", part("text").replaceAll("--x", "--y")],
  ["no boundary named", part("text") + END, "multipart/form-data"],
  ["an empty boundary", part("text") + END, "multipart/form-data; boundary="],
  ["a boundary of 10,000 letters", part("text") + END, `multipart/form-data; boundary=${"x".repeat(10_000)}`],
  ["a part without a name", `--x\r\nContent-Disposition: form-data\r\n\r\nhello\r\n${END}`],
  ["a part without a disposition", `--x\r\n\r\nhello\r\n${END}`],
  ["a name of 100,000 letters", part("a".repeat(100_000)) + END],
  ["a name that is a prototype", part("__proto__") + part("constructor") + END],
  ["10,000 parts", part("text").repeat(10_000) + END],
  ["a header of 1 MB", `--x\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n${END}`],
  ["10,000 headers", `--x\r\n${"X: a\r\n".repeat(10_000)}\r\nhello\r\n${END}`],
  [
    "a form in a form",
    `--x\r\nContent-Type: multipart/mixed; boundary=y\r\nContent-Disposition: form-data; name="text"\r\n\r\n--y\r\n\r\nhello\r\n--y--\r\n${END}`,
  ],
  [
    "a broken encoding",
    `--x\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n${END}`,
  ],
  [
    "JSON that is none",
    `--x\r\nContent-Disposition: form-data; name="text"\r\nContent-Type: application/json\r\n\r\n{"a":\r\n${END}`,
  ],
  [
    "a file where a text belongs",
    `--x\r\nContent-Disposition: form-data; name="text"; filename="a"\r\n\r\nhello\r\n${END}`,
  ],
  ["a text where a file belongs", part("image", "http://127.0.0.1/a.jpg") + END],
  ["zeros", "\0".repeat(1_000)],
];

export const brokenForms: Fault = {
  name: "malformed multipart",
  tried: `${FORMS.length} forms to two addresses: cut off, without or with a wrong boundary, names of 100 kB, 10,000 parts, headers of 1 MB, forms in forms`,
  async run({ shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const rose = service.watchMemory();
    const statuses: number[] = [];
    for (const [name, body, type = "multipart/form-data; boundary=x"] of FORMS) {
      for (const path of ["/v1/recognize", "/v1/jobs"]) {
        const answer = await service.ask(path, { method: "POST", headers: { "content-type": type }, body });
        statuses.push(answer.status);
        hold(answer.status < 500, `${name}: ${answer.status}`);
        hold(answer.status < 400 || typeof answer.body.code === "string", `${name}: no problem document`);
        hold(answer.ms < 10_000, `${name}: took ${Math.round(answer.ms)} ms`);
      }
    }
    const more = rose();
    hold(more < 256, `memory rose by ${Math.round(more)} MiB`);
    return {
      wrong,
      happened: `${counted(statuses)}, each refusal with a problem document (a form within a text is a text); memory +${Math.round(more)} MiB`,
    };
  },
};
