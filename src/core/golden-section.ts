/** The lowest point of a function of one variable that has one valley (Kiefer 1953). */

const RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * @param loss is called once per step
 * @param tolerance width of the interval that is left, whose middle is returned
 */
export function goldenSection(loss: (x: number) => number, low: number, high: number, tolerance: number): number {
  let [left, right] = [high - RATIO * (high - low), low + RATIO * (high - low)];
  let [leftLoss, rightLoss] = [loss(left), loss(right)];
  while (high - low > tolerance) {
    if (leftLoss <= rightLoss) {
      [high, right, rightLoss] = [right, left, leftLoss];
      left = high - RATIO * (high - low);
      leftLoss = loss(left);
    } else {
      [low, left, leftLoss] = [left, right, rightLoss];
      right = low + RATIO * (high - low);
      rightLoss = loss(right);
    }
  }
  return (low + high) / 2;
}
