/** The contract in a model file: reading it out of the metadata, and writing it into them. */
import { AffektError } from "../core/errors.ts";
import { notJson } from "../core/parse-json.ts";
import { readMetadata, replaceMetadata } from "../graph/onnx-metadata.ts";
import { type Contract, type ContractInput, parseContract } from "./contract.ts";

/** Key in the ONNX metadata. */
export const CONTRACT_KEY = "affekt";

/** Metadata to write into the ONNX file. @throws AffektError `contract` if a field is wrong */
export function contractToMetadata(contract: ContractInput): Record<string, string> {
  return { [CONTRACT_KEY]: JSON.stringify(parseContract(contract, `model ${contract.id}`)) };
}

/**
 * Reads the contract of a model file.
 *
 * @throws AffektError `model` if the bytes are not an ONNX model, `contract` if the contract is missing or wrong
 */
export function contractFromModel(bytes: Uint8Array): Contract {
  if (bytes.length === 0) {
    throw new AffektError("model", "Expected an ONNX model; received 0 bytes.", "Check that the file is complete.");
  }
  const text = readMetadata(bytes)[CONTRACT_KEY];
  if (text === undefined) {
    throw new AffektError(
      "contract",
      `The model has no contract: its metadata lacks the key "${CONTRACT_KEY}".`,
      "Use a model that `affekt train` exported, or add a contract to it.",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AffektError("contract", `The contract of the model ${notJson(text)}.`, "Export the model again.", {
      cause,
    });
  }
  return parseContract(value);
}

/** The same model with this contract; other metadata is kept. */
export function withContract(bytes: Uint8Array, contract: ContractInput): Uint8Array<ArrayBuffer> {
  return replaceMetadata(bytes, { ...readMetadata(bytes), ...contractToMetadata(contract) });
}
