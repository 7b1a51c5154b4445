import { greenTasks } from '../capacity/green-tasks.ts';
import type { GroupHealth } from '../health/group-health.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { Evidence } from '../vocabulary/decision.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import { readinessOf } from '../weights/readiness.ts';
import type { DecideInput } from './decision.ts';
import type { Observation } from './judge.ts';

/** What an observation leaves in the record beside its decision. */
export const evidenceFor = ({ plan, observed, commands }: DecideInput, readiness: Readiness): Evidence => ({
  ...evidenceOf(plan, observed),
  readiness,
  ...sizeOf(plan, observed),
  commands: commandsAsEvidence(commands),
});

const sizeOf = ({ capacity }: Plan, { greenSize }: Observation): Pick<Evidence, 'size'> =>
  capacity === undefined || greenSize == null ? {} : { size: greenTasks({ capacity, ...greenSize }) };

export const readinessNow = ({ plan, observed, placed, launchMs = null }: DecideInput): Readiness => {
  const { blue, green, needed } = observed.counts ?? { blue: null, green: null, needed: 0 };
  return readinessOf({
    plan,
    blueIsGoing: observed.blueGone || observed.blueIsGoing === true,
    blue,
    green,
    needed,
    blueShare: placed?.memory.shares?.blue,
    greenIsLost: placed != null && placed.memory.lostGreen !== null,
    launchMs,
  });
};

const evidenceOf = (plan: Plan, observed: Observation): Omit<Evidence, 'commands' | 'readiness'> => ({
  observedAtMs: observed.observedAtMs,
  blue: observed.blue === null ? null : countsOf(observed.blue),
  green: observed.green === null ? { healthy: 0, wanted: 0 } : countsOf(observed.green),
  alarms:
    'unreadable' in observed.alarms
      ? plan.alarms.names.map((name) => ({ name, state: 'UNREADABLE' }))
      : [
          ...observed.alarms.alarms.map(({ name, state }) => ({ name, state })),
          ...observed.alarms.missing.map((name) => ({ name, state: 'MISSING' })),
        ],
  routes: observed.routes.map(({ label, weights }) => ({ label, weights })),
  ...(observed.test === undefined
    ? {}
    : { test: { label: observed.test.label, weights: observed.test.weights } }),
});

const commandsAsEvidence = (commands: readonly Command[]): Evidence['commands'] =>
  commands.map(({ kind, by, reason, atMs }) => ({ kind, by, reason, atMs }));

const countsOf = ({ healthy, wanted }: GroupHealth) => ({ healthy, wanted });
