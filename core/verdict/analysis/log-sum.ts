/** ln(e^a + e^b) without overflow; either may be -Infinity. */
export const logAdd = (a: number, b: number): number => {
  const high = Math.max(a, b);
  if (high === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
};

/** ln of the sum of e^value. */
export const logSum = (values: readonly number[]): number => {
  const high = Math.max(...values);
  if (high === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log(values.reduce((sum, value) => sum + Math.exp(value - high), 0));
};
