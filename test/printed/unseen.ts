/**
 * What stands in the holes of a printed command that no session of printed-lines.ts comes to print. A command of the
 * account that preflight's tests observe has its names, another one the example's.
 */
type Unseen = {
  path: string;
  begins: string;
  holes: readonly string[];
  account: 'observed' | 'shop';
  because: string;
};

const ELB = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';
const GROUP = `${ELB}:targetgroup/shop-blue/2f6a1c8d90b7e345`;

const shop = (path: string, begins: string, holes: readonly string[], because: string): Unseen => ({
  path,
  begins,
  holes,
  account: 'shop',
  because,
});

export const unseen: readonly Unseen[] = [
  shop(
    'core/plan/preflight/hooks.ts',
    'cutover hook test',
    ['smoke'],
    'of a hook that was written for native ECS',
  ),
  shop(
    'core/plan/preflight/task-definition.ts',
    'cutover deploy',
    [],
    'stands in what to do, not in its commands',
  ),
  {
    path: 'core/plan/preflight/task-sets.ts',
    begins: 'aws ecs delete-task-set',
    holes: ['--cluster main --service shop', 'ecs-svc/2'],
    account: 'observed',
    because: 'the cases have a set that users reach, which is never offered for deletion',
  },
  shop(
    'core/plan/preflight/taken-over.ts',
    'cutover adopt',
    ['production', 'shop'],
    'stands in what to do, not in its commands',
  ),
  shop(
    'core/adoption/deployment-step.ts',
    'cutover deploy',
    ['shop', 'shop'],
    'of a move whose users a deployment takes over',
  ),
  shop('core/request/read-arn.ts', 'aws elbv2 describe-target-groups', ['shop-blue'], 'of a wrong request'),
  shop('sim/load-world.ts', 'aws elbv2 describe-target-group-attributes', [GROUP], 'of an incomplete world'),
  shop(
    'sim/world-files/world-problems.ts',
    'aws elbv2 describe-target-groups',
    [GROUP],
    'of an incomplete world',
  ),
  shop('cli/local/live-story.ts', 'npx cutover local', [], 'the end of a deployment on the real clock'),
  shop(
    'cli/local/show-world.ts',
    'npx cutover status',
    ['production', 'shop'],
    'of a world on the real clock',
  ),
  shop('cli/local/show-world.ts', 'npx cutover local logs', [], 'of a world on the real clock'),
  shop('cli/commands/list.ts', 'cutover status CLUSTER/SERVICE', [], 'when a service is named'),
  shop('cli/rehearsal/inputs.ts', 'cutover snapshot CLUSTER/SERVICE', [], 'of a request without a world'),
  shop(
    'cli/selfcheck/write-checks.ts',
    'aws ecs delete-service',
    ['production', 'shop'],
    'of a service that cannot be deleted',
  ),
];

/** Commands of the AWS CLI itself: no API's, so no model has them. */
export const OF_THE_CLI = ['aws sso login'];
