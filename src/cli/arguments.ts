/** Parsers of option values; a wrong value is a usage error that names the option. */
import { InvalidArgumentError } from "commander";

/** A whole number of at least 1. */
export function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Expected a whole number of at least 1.");
  return number;
}

/** A whole number of at least 0. */
export function nonNegativeInteger(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < 0) {
    throw new InvalidArgumentError("Expected a whole number of at least 0.");
  }
  return number;
}
