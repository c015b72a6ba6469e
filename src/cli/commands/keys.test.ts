import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import type { KeyRing } from "../../server/key-ring.ts";
import { runProgram } from "../program.ts";

function call(line: string, interactive = false) {
  const done: unknown[] = [];
  const ring: KeyRing = {
    add: async (key) => {
      done.push(key);
      return "affekt_0_secret";
    },
    list: async () => [
      {
        id: "0123456789abcdef",
        owner: "local",
        name: "phone",
        scopes: ["read"],
        createdAt: new Date(0),
        expiresAt: null,
        revokedAt: new Date(86_400_000),
      },
    ],
    revoke: async (id) => id === "0123456789abcdef",
    close: async () => void done.push("closed"),
  };
  const openKeys = async (dataDir: string) => {
    done.push(dataDir);
    return ring;
  };
  const tools = fakeTools({ argv: line.split(" "), interactive, openKeys });
  return runProgram(tools).then((code) => ({ code, done, out: tools.out.join("\n"), err: tools.err.join("") }));
}

test("affekt keys add prints the key, and only the key, on standard output", async () => {
  const { code, out, done } = await call("keys add phone --scope recognize admin --days 30 --data-dir d");
  expect(code).toBe(0);
  expect(out).toBe("affekt_0_secret");
  expect(done).toEqual(["d", { name: "phone", owner: "local", scopes: ["recognize", "admin"], days: 30 }, "closed"]);
  expect((await call("keys add phone --scope all")).code).toBe(2);
});

test("affekt keys lists keys as a table for people and as JSON for programs", async () => {
  expect((await call("keys list", true)).out).toMatch(/phone .*1970-01-01.*1970-01-02/);
  expect(JSON.parse((await call("keys")).out)).toMatchObject([{ id: "0123456789abcdef", name: "phone" }]);
});

test("affekt keys revoke of a key that there is not fails", async () => {
  expect((await call("keys revoke 0123456789abcdef")).code).toBe(0);
  const { code, err } = await call("keys revoke nothing");
  expect(code).toBe(9);
  expect(err).toContain("error not-found");
});
