import { anObservation, aService, aTaskDefinition, aTaskSet, NEW_REVISION } from '../../an-observation.ts';
import type { Case } from './case.types.ts';

const migrate = (task: object) => ({
  hooks: [{ name: 'migrate', stages: ['PRE_SCALE_UP'], task: { taskDefinition: 'green', ...task } }],
});

const OWN = { taskDefinition: 'migrate:3' };
const own = (changes: Parameters<typeof aTaskDefinition>[0] | null) => ({
  'migrate:3': changes === null ? null : aTaskDefinition({ arn: 'migrate:3', ...changes }),
});

const [web] = aTaskDefinition().containers;
const withLogger = (essential: boolean) =>
  aTaskDefinition({
    containers: [
      web,
      web && { ...web, name: 'logger', ...(essential ? {} : { essential: false as const }) },
    ].flatMap((one) => one ?? []),
  });

const { network: _none, ...onInstances } = aTaskSet();

/** Of hooks that are one-off tasks. */
export const casesOfHookTasks: Case[] = [
  {
    id: 'hook-task-definition',
    row: '-',
    severity: 'error',
    found: 'found none',
    observed: anObservation({ hookTaskDefinitions: own(null) }),
    request: migrate(OWN),
    silent: { observed: anObservation({ hookTaskDefinitions: own({}) }), request: migrate(OWN) },
  },
  {
    id: 'hook-task-container',
    row: '-',
    severity: 'error',
    found: `one essential container of ${NEW_REVISION} whose exit code decides for hook migrate, found the essential ones`,
    observed: anObservation({ taskDefinition: withLogger(true) }),
    request: migrate({}),
    silent: { observed: anObservation({ taskDefinition: withLogger(false) }), request: migrate({}) },
  },
  {
    id: 'hook-task-ends-early',
    row: '-',
    severity: 'warning',
    found: 'beside web in the task of hook migrate, found logger',
    observed: anObservation({ taskDefinition: withLogger(true) }),
    request: migrate({ container: 'web' }),
    silent: {
      observed: anObservation({ taskDefinition: withLogger(false) }),
      request: migrate({ container: 'web' }),
    },
  },
  {
    id: 'hook-task-network',
    row: '-',
    severity: 'error',
    found: 'the awsvpc task migrate:3 of hook migrate, found none',
    observed: anObservation({
      hookTaskDefinitions: own({}),
      service: aService({ taskSets: [onInstances] }),
    }),
    request: migrate(OWN),
    silent: {
      observed: anObservation({
        hookTaskDefinitions: own({}),
        service: aService({ taskSets: [onInstances] }),
      }),
      request: migrate({ ...OWN, network: { subnets: ['subnet-a'], securityGroups: ['sg-a'] } }),
    },
  },
];
