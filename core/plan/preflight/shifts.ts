import { MINUTE_MS } from '../../clock.ts';
import { formatDuration } from '../../duration.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** Builders' Library, hands-off deployments: begin with a tenth at most, then a third at a time [fact 138, 142]. */
const FIRST_SHIFT_PCT = 10;
const LARGEST_JUMP_POINTS = 33;
/** A one-minute load-balancer alarm took about four minutes to fire [fact 116]. */
const ALARM_LATENCY_MS = 5 * MINUTE_MS;

/** The plan is one that alarms can stop in time. */
export const checkShifts: Check = ({ request: { shifts, alarms }, observed, found }) => {
  // A first deployment gets all traffic at once: there is nothing to shift from.
  if (observed.service !== null && found.primary === null) return [];
  const findings: Finding[] = [];
  const first = shifts[0]?.greenPct ?? 100;
  if (first > FIRST_SHIFT_PCT) {
    findings.push(
      warning(
        'large-first-shift',
        `expected at most ${FIRST_SHIFT_PCT} % in the first shift, found ${first} %: so many users ` +
          'would meet a bad version at once',
        'Begin smaller: `{"greenPct": 5, "bake": "10m"}` as the first of `shifts`.',
      ),
    );
  }
  const jumps = shifts
    .slice(1)
    .map(({ greenPct }, index) => ({ from: shifts[index]?.greenPct ?? 0, to: greenPct }));
  const large = jumps.filter(({ from, to }) => to - from > LARGEST_JUMP_POINTS);
  if (large.length > 0) {
    findings.push(
      warning(
        'large-shift',
        `expected steps of at most ${LARGEST_JUMP_POINTS} points, found ` +
          `${large.map(({ from, to }) => `${from} to ${to} %`).join(', ')}: what shows only under load ` +
          'shows too late',
        `Put a shift in between, for example ${between(large[0])}.`,
      ),
    );
  }
  const short = shifts.filter(({ bakeMs }) => bakeMs < ALARM_LATENCY_MS);
  if (alarms.names.length > 0 && short.length > 0) {
    findings.push(
      warning(
        'bake-shorter-than-alarm',
        `expected bakes of at least ${formatDuration(ALARM_LATENCY_MS)} with alarms, found ` +
          `${short.map(({ greenPct, bakeMs }) => `${formatDuration(bakeMs)} at ${greenPct} %`).join(', ')}`,
        'Bake longer: an alarm on one-minute metrics needs about four minutes to turn red, and the ' +
          'next shift would come first.',
      ),
    );
  }
  return findings;
};

const between = (jump: { from: number; to: number } | undefined): string =>
  `\`{"greenPct": ${Math.round(((jump?.from ?? 0) + (jump?.to ?? 100)) / 2)}, "bake": "10m"}\``;
