import type { Probe } from '../../aws/probe.ts';
import type { Settled } from './assumption.types.ts';
import type { AssumptionId } from './assumptions.ts';
import { countsRoundUp, eventsPerVisit, refused, scalesFreely, settled, unsettled } from './verdicts.ts';

export type Subject = { cluster: string; service: string; stateMachineArn: string };

type Check = (probe: Probe, subject: Subject) => Promise<Settled>;

/** Well-formed, and nobody's. */
const NO_TASK_SET = 'ecs-svc/1111111111111111111';

const primaryOf = async (probe: Probe, subject: Subject) => {
  const { taskSets = [], desiredCount = 0 } = await probe.service(subject);
  const primary = taskSets.find(({ status }) => status === 'PRIMARY');
  return primary?.id === undefined ? null : { id: primary.id, set: primary, desiredCount };
};

const ofPrimary =
  (ask: (probe: Probe, subject: Subject, id: string) => Promise<Settled>): Check =>
  async (probe, subject) => {
    const primary = await primaryOf(probe, subject);
    return primary === null
      ? unsettled('the service has no PRIMARY task set; deploy to it once')
      : ask(probe, subject, primary.id);
  };

/** One or two calls each, and none of them writes. */
export const readChecks: readonly { id: AssumptionId; settle: Check }[] = [
  {
    id: 'lists-its-task-sets',
    settle: async (probe, subject) => {
      const { taskSets = [] } = await probe.service(subject);
      const primaries = taskSets.filter(({ status }) => status === 'PRIMARY').length;
      if (taskSets.length === 0) return unsettled('it lists none; deploy to it once, then ask again');
      return settled(primaries === 1, `${taskSets.length} task sets, ${primaries} of them PRIMARY`);
    },
  },
  {
    id: 'counts-round-up',
    settle: async (probe, subject) => {
      const primary = await primaryOf(probe, subject);
      return primary === null
        ? unsettled('the service has no PRIMARY task set; deploy to it once')
        : countsRoundUp(primary.desiredCount, primary.set);
    },
  },
  {
    id: 'tasks-name-their-set',
    settle: ofPrimary(async (probe, { cluster }, id) => {
      const answer = await probe.tasksStartedBy(cluster, id);
      if (!answer.ok) return settled(false, answer.refusal);
      const tasks = answer.value.taskArns?.length ?? 0;
      return settled(tasks > 0, `${tasks} tasks started by ${id}`);
    }),
  },
  {
    id: 'started-by-alone',
    settle: ofPrimary(async (probe, { cluster }, id) =>
      refused(await probe.tasksStartedBy(cluster, id, 'STOPPED')),
    ),
  },
  {
    id: 'ids-are-needed',
    settle: async (probe, subject) => {
      const [none, unknown] = [
        await probe.taskSets(subject, []),
        await probe.taskSets(subject, [NO_TASK_SET]),
      ];
      const missing = unknown.ok
        ? `an unknown one: ${unknown.value.failures?.[0]?.reason ?? 'an empty list'}`
        : `an unknown one: ${unknown.refusal}`;
      const known = !unknown.ok
        ? unknown.refusal.startsWith('TaskSetNotFoundException')
        : (unknown.value.taskSets ?? []).length === 0;
      return settled(
        !none.ok && known,
        `without ids: ${none.ok ? 'it was accepted' : none.refusal}; ${missing}`,
      );
    },
  },
  {
    id: 'no-service-deployments',
    settle: async (probe, subject) => {
      const { deployments = [] } = await probe.service(subject);
      return settled(deployments.length === 0, `${deployments.length} deployments`);
    },
  },
  {
    id: 'zone-rebalancing',
    settle: async (probe, subject) => {
      const { availabilityZoneRebalancing: state } = await probe.service(subject);
      return settled(state !== 'ENABLED', state ?? 'not said');
    },
  },
  {
    id: 'scaling-is-not-held-back',
    settle: async (probe, subject) => {
      const reasons = await probe.notScaled(subject);
      return reasons === null ? unsettled('not asked') : scalesFreely(reasons);
    },
  },
  {
    id: 'history-per-visit',
    settle: async (probe, { stateMachineArn }) => {
      const types = await probe.lastHistory(stateMachineArn);
      return types === null
        ? unsettled('no execution has succeeded yet; deploy once')
        : eventsPerVisit(types);
    },
  },
];
