import { MINUTE_MS } from '../../core/clock.ts';
import type { MetricTrouble } from '../../sim/cloudwatch/metric-data.ts';
import type { Stage } from '../stage/stage.ts';
import { beginsAt } from './begins-at.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** What becomes of the metrics that green is compared with blue by; alarms are evaluated as before. */

const ERRORS = 'HTTPCode_Target_5XX_Count';
const isGreen = (group: string): boolean => group.includes('-b/');

const fromThere = (
  name: string,
  description: string,
  endsAlike: boolean,
  begin: (stage: Stage) => void,
): ProofFault => ({
  name,
  description,
  mayLose: NOTHING,
  endsAlike,
  arm: (point) =>
    beginsAt(point, (stage) => {
      stage.world.kernel.emit({ kind: 'fault', what: description, data: { fault: name } });
      begin(stage);
    }),
});

const disturbed = (trouble: MetricTrouble) => (stage: Stage) =>
  stage.world.cloudWatch.disturbMetrics(trouble);

/** Longer than green of the base with a burst fails: its minutes become known together, and after them good ones. */
const STALLED_MS = 8 * MINUTE_MS;

/** Of a minute's 120 requests of green and more; an outage, which needs no second minute, is half of them. */
const ACCUSED_OF = 50;

/**
 * Metrics that are not there, or not yet, prove nothing: a deployment ends as it would have, or as its request wants
 * it where nothing is proven. Those that show something else than what happens are believed, but not for one minute.
 */
export const metricFaults: readonly ProofFault[] = [
  fromThere(
    'metrics-throttled',
    'from here on the rate of GetMetricData is limited',
    true,
    ({ world: { kernel } }) => {
      let begun = false;
      // Calls before this moment have been answered: only what comes from now on is refused.
      kernel.scheduler.after(0, () => {
        begun = true;
      });
      kernel.intercept(({ operation }) => (begun && operation === 'GetMetricData' ? 'throttle' : undefined));
    },
  ),
  fromThere(
    'metrics-late',
    'from here on metrics come ten minutes late',
    true,
    disturbed({ lateMs: 10 * MINUTE_MS }),
  ),
  fromThere(
    'metrics-stall',
    'for eight minutes CloudWatch publishes nothing, and then all of it',
    true,
    ({ world: { cloudWatch, kernel } }) => {
      const { scheduler } = kernel;
      const atMs = scheduler.nowMs();
      cloudWatch.disturbMetrics({
        get lateMs() {
          return scheduler.nowMs() - atMs;
        },
      });
      scheduler.after(STALLED_MS, () => cloudWatch.disturbMetrics({}));
    },
  ),
  fromThere(
    'metrics-missing',
    'from here on CloudWatch has no metrics',
    true,
    disturbed({ lie: () => undefined }),
  ),
  fromThere(
    'metrics-partial',
    'from here on errors are answered without values, as partial data',
    true,
    disturbed({ partial: (metric) => metric === ERRORS }),
  ),
  fromThere(
    'metrics-accuse-a-minute',
    'in the metrics of one minute green fails two fifths of its requests',
    true,
    ({ world: { cloudWatch, kernel } }) => {
      const accusedMs = Math.ceil(kernel.scheduler.nowMs() / MINUTE_MS) * MINUTE_MS;
      cloudWatch.disturbMetrics({
        lie: (metric, group, value, startMs) =>
          metric === ERRORS && isGreen(group) && startMs === accusedMs
            ? Math.max(value ?? 0, ACCUSED_OF)
            : value,
      });
    },
  ),
  fromThere(
    'metrics-lie',
    "from here on blue's errors are shown as green's",
    false,
    disturbed({
      lie: (metric, group, value) => {
        if (metric !== ERRORS) return value;
        return isGreen(group) ? ACCUSED_OF : undefined;
      },
    }),
  ),
];
