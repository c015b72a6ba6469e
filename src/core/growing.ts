/** Columns of numbers that grow row by row: a million numbers in one array, where no list of a million objects fits. */

export interface Growing<T> {
  /** @returns its index */
  push(value: number): number;
  /** A number that is there. */
  at(index: number): number;
  put(index: number, value: number): void;
  /** All of them, as a view that is right until the next push. */
  all(): T;
  length(): number;
}

/** @param make a typed array of so many zeros, whose type is that of the column */
export function growing<T extends Uint8Array | Int32Array | Float64Array>(make: (length: number) => T): Growing<T> {
  let data = make(1 << 10);
  let length = 0;
  return {
    push(value) {
      if (length === data.length) {
        const wider = make(2 * length);
        wider.set(data);
        data = wider;
      }
      data[length] = value;
      return length++;
    },
    at: (index) => data[index] as number,
    put: (index, value) => void (data[index] = value),
    all: () => data.subarray(0, length) as T,
    length: () => length,
  };
}
