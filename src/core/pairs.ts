/** The items of two sources side by side, as far as the shorter one goes. Whoever leaves early lets both clean up. */
export async function* pairs<A, B>(first: AsyncIterable<A>, second: AsyncIterable<B>): AsyncGenerator<readonly [A, B]> {
  const others = second[Symbol.asyncIterator]();
  try {
    for await (const one of first) {
      const other = await others.next();
      if (other.done === true) return;
      yield [one, other.value];
    }
  } finally {
    await others.return?.();
  }
}
