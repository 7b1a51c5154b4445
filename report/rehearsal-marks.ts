import type { SimEvent } from '../sim/kernel/trace.ts';
import { markOfState } from '../statemachine/states.ts';
import type { Mark } from './report.types.ts';

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
    case 'step': {
      const of = data?.phase === 'said' ? markOfState(String(data.state)) : null;
      return of === null ? null : mark(of, 'cutover');
    }
    default:
      return null;
  }
};
