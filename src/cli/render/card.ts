/** A model's card as a person reads it. */
import type { Contract } from "../../recognize/contract.ts";
import type { Terminal } from "../terminal.ts";

function cost({ trained: { epochs, minutes } }: Contract): string {
  return epochs === undefined || minutes === undefined ? "" : `, ${epochs} epochs in ${minutes} minutes`;
}

export function renderCard(contract: Contract, bytes: number, screen: Pick<Terminal, "paint">): string {
  const lines: [string, string][] = [
    ["modality", contract.modality],
    ["labels", `${contract.labels.join(", ")} (${contract.task} label)`],
    ["size", `${(bytes / 1e6).toFixed(2)} MB`],
    ["licence", `${contract.licence.terms}${contract.licence.commercial ? "" : " (not for commercial use)"}`],
    [
      "trained",
      `${contract.trained.date}, ${contract.trained.command}, seed ${contract.trained.seed}${cost(contract)}`,
    ],
    ["manifest", contract.trainingManifestHash.slice(0, 16)],
    ["abstains", `below a confidence of ${contract.abstainBelow}`],
    ["temperature", contract.temperature.toFixed(3)],
    ...contract.sources.map(({ name, terms, rows }, index): [string, string] => [
      index === 0 ? "data" : "",
      `${name}${rows === undefined ? "" : `, ${rows} rows`} (${terms})`,
    ]),
    ...Object.entries(contract.metrics ?? {}).map(([name, value], index): [string, string] => [
      index === 0 ? "measured" : "",
      `${name} ${value.toFixed(4)}`,
    ]),
    ...(contract.caveats ?? []).map((caveat, index): [string, string] => [index === 0 ? "beside it" : "", caveat]),
  ];
  const title = screen.paint("bold", `${contract.id} ${contract.version}`);
  return [title, ...lines.map(([name, value]) => `  ${name.padEnd(12)} ${value}`)].join("\n");
}
