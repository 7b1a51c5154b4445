import type { Count, Course, TargetCount } from './report.types.ts';

/** Keeps what changed: many observations show the same. */
const withoutRepeats = <Point>(points: readonly Point[], same: (a: Point, b: Point) => boolean) =>
  points.filter((point, index) => {
    const before = points[index - 1];
    return before === undefined || !same(before, point);
  });

/** Several readings of all routes, as one course a route. A route that a reading does not have keeps its share. */
export const coursesOf = (
  readings: readonly { atMs: number; greenPctByRoute: Readonly<Record<string, number | null>> }[],
): Course[] => {
  const routes = [...new Set(readings.flatMap(({ greenPctByRoute }) => Object.keys(greenPctByRoute)))].sort();
  return routes.map((route) => {
    const points = readings.flatMap(({ atMs, greenPctByRoute }) => {
      const greenPct = greenPctByRoute[route];
      return greenPct === undefined ? [] : [{ atMs, greenPct }];
    });
    return { route, points: withoutRepeats(points, (a, b) => a.greenPct === b.greenPct) };
  });
};

const sameCount = (a: Count | null, b: Count | null): boolean => a?.healthy === b?.healthy && a?.of === b?.of;

export const targetsOf = (readings: readonly TargetCount[]): TargetCount[] =>
  withoutRepeats(readings, (a, b) => sameCount(a.blue, b.blue) && sameCount(a.green, b.green));
