export type Point = { x: number; y: number };
/** `error` is half of the 95 % confidence interval. */
type Slope = { slope: number; error: number };

/** Standard errors in half of a 95 % interval, of many points. */
const Z = 1.96;

/**
 * The slope by least squares. Neighbours are alike (what a scenario keeps, it keeps for minutes), so there are fewer
 * independent points than points: by the residuals' correlation with the one before, as for a first-order process.
 */
export const slopeOf = (points: readonly Point[]): Slope => {
  const count = points.length;
  const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / count;
  const [x, y] = [meanOf(points.map((point) => point.x)), meanOf(points.map((point) => point.y))];
  const sxx = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const sxy = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  const slope = sxy / sxx;
  const residuals = points.map((point) => point.y - y - slope * (point.x - x));
  const squares = residuals.reduce((sum, each) => sum + each ** 2, 0);
  const neighbours = residuals.slice(1).reduce((sum, each, at) => sum + each * (residuals[at] ?? 0), 0);
  const alike = squares === 0 ? 0 : Math.min(0.99, Math.max(0, neighbours / squares));
  const inflation = Math.sqrt((1 + alike) / (1 - alike));
  return { slope, error: Z * inflation * Math.sqrt(squares / Math.max(1, count - 2) / sxx) };
};
