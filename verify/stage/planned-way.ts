import { SECOND_MS } from '../../core/clock.ts';
import { commandsOf } from './commands-so-far.ts';
import type { ForwardJudge, WatchedPlan } from './forward.types.ts';

const inSeconds = (ms: number): string => `${(ms / SECOND_MS).toFixed(1)} s`;

/**
 * Every shift of the plan in its turn, each baked for as long as the plan says before the next; PRIMARY only after
 * the last one's bake. A person may cut both short.
 */
export const watchPlan = (watched: WatchedPlan): ForwardJudge => {
  const { plan, world } = watched;
  const { shifts } = plan;
  /** By route: the position it stands at and since when. */
  const at = new Map<string, { position: number; sinceMs: number }>();

  /** When the test route opened; null: not yet. Of a plan without one the first shift is the first position. */
  let openedAtMs: number | null = null;
  const begin = plan.test === undefined ? -1 : 0;
  const early = (what: string, position: number, sinceMs: number): string[] => {
    const shift = shifts[position];
    const bakedMs = world.kernel.scheduler.nowMs() - sinceMs;
    const commands = commandsOf(watched);
    const hurried = commands.includes('skip') || commands.includes('promote');
    const passed = commands.includes('approve') || commands.includes('promote');
    // Early proof may end a shift that allows it; whether it was proof the outcome shows.
    const leastMs = shift?.evidence?.atLeastMs ?? shift?.bakeMs ?? 0;
    return [
      ...(shift === undefined || hurried || bakedMs >= leastMs
        ? []
        : [
            `${what} ${inSeconds(bakedMs)} after ${shift.greenPct} %, which were to bake ${inSeconds(leastMs)}`,
          ]),
      ...(shift?.approval === true && !passed
        ? [`${what} without the approval that ${shift.greenPct} % waits for`]
        : []),
    ];
  };

  return {
    heard: ({ by, operation, input }) => {
      const { RuleArn, ListenerArn } = input as { RuleArn?: string; ListenerArn?: string };
      const opens = by === 'ShiftTraffic' && operation.startsWith('Modify');
      if (opens && (RuleArn ?? ListenerArn) === plan.test?.route.arn)
        openedAtMs ??= world.kernel.scheduler.nowMs();
    },
    judge: (step) => {
      const nowMs = world.kernel.scheduler.nowMs();
      if (step.kind === 'raise') {
        const before = at.get(step.routeArn) ?? { position: begin, sinceMs: openedAtMs ?? nowMs };
        const position = shifts.findIndex(({ greenPct }) => greenPct === step.greenPct);
        at.set(step.routeArn, { position, sinceMs: nowMs });
        if (position === before.position) return [];
        const what = `the plan: ${step.label} went to ${step.greenPct} % green`;
        const skipped = position > before.position + 1 && !commandsOf(watched).includes('promote');
        const wrong = position === -1 || skipped || position < before.position;
        const planned = shifts.map(({ greenPct }) => `${greenPct} %`).join(', ');
        return [
          ...(wrong
            ? [
                `${what}, although its shifts are ${planned} and the one before was number ${before.position + 1}`,
              ]
            : []),
          ...early(what, before.position, before.sinceMs),
        ];
      }
      if (step.kind !== 'promote') return [];
      return [...at.values()].flatMap(({ position, sinceMs }) =>
        early('the plan: green became PRIMARY', position, sinceMs),
      );
    },
  };
};
