import type { SimEvent } from '../sim/kernel/trace.ts';
import type { Mark } from './report.types.ts';

/** Steps whose sentence is a milestone of the deployment rather than progress towards one. */
const MILESTONES = ['LaunchGreen', 'PromoteGreen', 'RecordOutcome'];

/** The mark of one event of a rehearsal, or null when it is none that the chart shows. */
export const markOf = (event: SimEvent, atMs: number): Mark | null => {
  const { kind, what, why = '', data, detail } = event;
  if (detail === true) return null;
  const mark = (of: Mark['kind'], who: string): Mark => ({ atMs, kind: of, who, what, why });
  switch (kind) {
    case 'alarm':
      return mark('alarm', 'CloudWatch');
    case 'command':
      return mark('command', 'operator');
    case 'fault':
      return mark('fault', 'the rehearsal');
    case 'violation':
      return mark('fault', 'safety check');
    case 'weights':
      return data?.by === 'cutover' ? null : mark('foreign', String(data?.by));
    case 'step':
      return data?.phase === 'said' ? stepMark(String(data.state), mark) : null;
    default:
      return null;
  }
};

const stepMark = (state: string, mark: (kind: Mark['kind'], who: string) => Mark): Mark | null => {
  if (state === 'ShiftTraffic') return mark('shift', 'cutover');
  if (state === 'RollBack') return mark('rollBack', 'cutover');
  return MILESTONES.includes(state) ? mark('milestone', 'cutover') : null;
};
