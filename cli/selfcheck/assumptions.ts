import type { Assumption } from './assumption.types.ts';

/** In the order in which a first hour in an account settles them. The first ones would stop every deployment. */
const assumptions = {
  'lists-its-task-sets': {
    assumed: 'DescribeServices lists the task sets of an EXTERNAL service, one of them PRIMARY',
    ifWrong: 'Report it: preflight would take the service for one that was never deployed to.',
  },
  'counts-round-up': {
    assumed: 'computedDesiredCount is the desired count times the scale, rounded up, also while it is read',
    ifWrong: 'Report it: a green with too few tasks would count as whole.',
  },
  'tasks-name-their-set': {
    assumed: 'the tasks of a task set have its id as startedBy',
    ifWrong:
      'Failed starts would go unexplained until `timeToHealthy` is over: keep that short, and report it.',
  },
  'started-by-alone': {
    assumed: 'ListTasks refuses startedBy together with desiredStatus STOPPED',
    ifWrong: 'Nothing breaks. It would save reading the stopped tasks of the whole service: report it.',
  },
  'ids-are-needed': {
    assumed: 'DescribeTaskSets without ids is refused, and an unknown id is MISSING',
    ifWrong: 'Report what it answered: a set that is gone must not be taken for an error.',
  },
  'no-service-deployments': {
    assumed: 'an EXTERNAL service has no entry in `deployments`',
    ifWrong:
      "Hooks written for ECS's own controller that ask for deployments then see them: tell their owners.",
  },
  'zone-rebalancing': {
    assumed: 'Availability Zone rebalancing is off, or leaves task sets alone',
    ifWrong: 'Turn it off: preflight warns of it as zone-rebalancing, with the command.',
  },
  'scaling-is-not-held-back': {
    assumed: 'Application Auto Scaling acts on a service with two task sets as on any other',
    ifWrong: 'Scale-in waits for the end of a deployment: keep-blue windows of hours then cost capacity.',
  },
  'history-per-visit': {
    assumed: 'a Lambda task takes five history events, a task-token wait six, any other state two',
    ifWrong:
      'Where it takes more, use fewer shifts: `history-budget` in docs/preflight.md counts with these figures.',
  },
  'lists-without-primary': {
    assumed: 'DescribeServices lists task sets also while none is PRIMARY',
    ifWrong:
      'A recovery of a first deployment cannot find its task set: preflight names it as ' +
      'leftover-task-set, with the command that deletes it.',
  },
  'token-makes-no-twin': {
    assumed: 'CreateTaskSet twice with one clientToken is one task set',
    ifWrong: 'A lost answer can leave a twin, which preflight names as leftover-task-set: delete it by hand.',
  },
  'token-is-for-one-input': {
    assumed: 'CreateTaskSet with a known clientToken and other parameters is refused',
    ifWrong: 'Nothing breaks: Cutover never sends that. Report it, for the simulator.',
  },
  'primary-needs-no-role': {
    assumed: 'UpdateServicePrimaryTaskSet is accepted with the rights that PromoteGreen has',
    ifWrong:
      'Allow what it names in the policy of PromoteGreen and RemoveGreen; a deployment would roll back ' +
      'after its last bake.',
  },
  'primary-is-kept': {
    assumed: 'a PRIMARY task set is deleted only with force',
    ifWrong: 'Nothing breaks: Cutover forces only where a first deployment goes back.',
  },
} as const satisfies Record<string, Omit<Assumption, 'id'>>;

export type AssumptionId = keyof typeof assumptions;

export const assumption = (id: AssumptionId): Assumption => ({ id, ...assumptions[id] });

export const assumptionIds = Object.keys(assumptions) as AssumptionId[];
