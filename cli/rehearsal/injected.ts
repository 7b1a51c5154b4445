import { readFileSync } from 'node:fs';
import { didYouMean } from '../../core/did-you-mean.ts';
import { faultProblems, requestProblems } from '../../rehearsal/faults/check-faults.ts';
import type { Fault } from '../../rehearsal/faults/fault.types.ts';
import { parseFault } from '../../rehearsal/faults/parse-fault.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { UsageError } from '../usage-error.ts';
import { servedOperations } from './observe-world.ts';

/** What `--inject` asks for. A UsageError names everything that cannot be read. */
export const readFaults = (texts: string[]): Fault[] => {
  const parsed = texts.map(parseFault);
  const problems = parsed.flatMap((fault) => (fault.ok ? [] : [fault.message]));
  if (problems.length > 0) {
    throw new UsageError('--inject: not every fault can be read', {
      problems,
      hint: '`cutover rehearse --help` lists the faults',
    });
  }
  return parsed.flatMap((fault) => (fault.ok ? [fault.fault] : []));
};

type Deployed = Parameters<typeof requestProblems>[1];

/**
 * Refuses faults that could never come, all at once. A live world has real users, and does not know yet what will be
 * deployed in it.
 */
export const checkFaults = (faults: Fault[], world: WorldSeed, deployed: Deployed | 'live'): void => {
  if (faults.length === 0) return;
  const states = workflowStates();
  const live = deployed === 'live';
  const problems = [
    ...faultProblems(faults, {
      alarms: [...world.metricAlarms, ...world.compositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []),
      states,
      operations: servedOperations(world),
      ...(live ? { realUsers: true } : {}),
    }),
    ...(live ? [] : requestProblems(faults, deployed)),
  ];
  if (problems.length === 0) return;
  const near = faults.flatMap(({ when }) =>
    when.kind === 'state' && !states.includes(when.state) ? (didYouMean(when.state, states) ?? []) : [],
  );
  throw new UsageError(`--inject: not every fault can come in this ${live ? 'world' : 'run'}`, {
    problems,
    ...(near.length === 0 ? {} : { hint: `did you mean state:${near[0]}?` }),
  });
};

const workflowStates = (): string[] => {
  const text = readFileSync(new URL('../../statemachine/deploy.asl.json', import.meta.url), 'utf8');
  return Object.keys((JSON.parse(text) as { States: Record<string, unknown> }).States);
};
