import { expect, test } from 'vitest';
import { shownHook } from '../../../core/hooks/evidence.ts';
import type { HookRun } from '../../../core/vocabulary/hooks.types.ts';

const run: HookRun = {
  runId: 'run-1',
  name: 'migrate',
  stage: 'PRE_SCALE_UP',
  step: 0,
  kind: 'task',
  startedAtMs: 0,
  deadlineMs: 60_000,
  event: null,
  result: null,
};

test.each([
  [
    'aws',
    'eu-west-1',
    'https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/main/tasks/0f1e2d/logs?region=eu-west-1',
  ],
  [
    'aws-cn',
    'cn-north-1',
    'https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/main/tasks/0f1e2d/logs?region=cn-north-1',
  ],
])(
  "a task's run links to the task and its logs in the ECS console, in the partition %s",
  (partition, region, link) => {
    const taskArn = `arn:${partition}:ecs:${region}:111122223333:task/main/0f1e2d`;

    expect(shownHook({ ...run, taskArn }).link).toBe(link);
  },
);

test('a run without a task yet, or with an ARN that is none, links nowhere', () => {
  expect(shownHook(run).link).toBeNull();
  expect(shownHook({ ...run, taskArn: 'javascript:alert(1)' }).link).toBeNull();
  expect(shownHook({ ...run, taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/0f1e2d' }).link).toBeNull();
});
