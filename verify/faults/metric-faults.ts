import { MINUTE_MS } from '../../core/clock.ts';
import type { MetricTrouble } from '../../sim/cloudwatch/metric-data.ts';
import { watchPoints } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** What becomes of the metrics that green is compared with blue by; alarms are evaluated as before. */

const fromThere = (name: string, description: string, begin: (stage: Stage) => void): ProofFault => ({
  name,
  description,
  mayLose: NOTHING,
  endsAlike: false,
  // It lasts: that it begins in the middle of a state makes no difference.
  arm: (point) => {
    if (point.kind === 'call') return null;
    return (stage) => {
      let begun = false;
      watchPoints(stage, {
        state: (_state, at) => {
          if (at !== point.at || begun) return;
          begun = true;
          stage.world.kernel.emit({ kind: 'fault', what: description, data: { fault: name } });
          begin(stage);
        },
      });
    };
  },
});

const disturbed = (trouble: MetricTrouble) => (stage: Stage) =>
  stage.world.cloudWatch.disturbMetrics(trouble);

export const metricFaults: readonly ProofFault[] = [
  fromThere(
    'metrics-throttled',
    'from here on the rate of GetMetricData is limited',
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
    disturbed({ lateMs: 10 * MINUTE_MS }),
  ),
  fromThere('metrics-missing', 'from here on CloudWatch has no metrics', disturbed({ lie: () => undefined })),
  fromThere(
    'metrics-lie',
    "from here on blue's errors are shown as green's",
    disturbed({
      lie: (metric, group, value) => {
        if (metric !== 'HTTPCode_Target_5XX_Count') return value;
        return group.includes('-b/') ? 50 : undefined;
      },
    }),
  ),
];
