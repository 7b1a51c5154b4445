import { MINUTE_MS } from '../../../core/clock.ts';
import type {
  ApprovalHook,
  HookRun,
  LambdaHook,
  PlannedTaskHook,
} from '../../../core/vocabulary/hooks.types.ts';
import { NOW } from '../a-deployment.ts';

/** A hook and its run, as plain data; tests change the one thing they are about. */

export const SMOKE_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:smoke:live';

export const aHook = (changes: Partial<LambdaHook> = {}): LambdaHook => ({
  name: 'smoke',
  kind: 'lambda',
  functionArn: SMOKE_ARN,
  contract: 'cutover',
  hookDetails: {},
  stages: ['POST_SCALE_UP'],
  steps: 'each',
  timeoutMs: 10 * MINUTE_MS,
  onTimeout: 'rollBack',
  onFailure: 'rollBack',
  ...changes,
});

export const anApproval = (changes: Partial<ApprovalHook> = {}): ApprovalHook => ({
  name: 'business',
  kind: 'approval',
  stages: ['POST_SCALE_UP'],
  steps: 'each',
  timeoutMs: 10 * MINUTE_MS,
  onTimeout: 'rollBack',
  onFailure: 'rollBack',
  ...changes,
});

export const aTaskHook = (changes: Partial<PlannedTaskHook> = {}): PlannedTaskHook => ({
  name: 'migrate',
  kind: 'task',
  launch: {
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
    container: 'web',
    command: ['migrate'],
    environment: { SUITE: 'full' },
    launchType: 'FARGATE',
    log: { group: '/ecs/shop', streamPrefix: 'app' },
  },
  stages: ['POST_SCALE_UP'],
  steps: 'each',
  timeoutMs: 10 * MINUTE_MS,
  onTimeout: 'rollBack',
  onFailure: 'rollBack',
  onAbort: 'stop',
  ...changes,
});

export const aRun = (changes: Partial<HookRun> = {}): HookRun => ({
  runId: 'run-1',
  name: 'smoke',
  stage: 'POST_SCALE_UP',
  step: 0,
  kind: 'lambda',
  startedAtMs: NOW,
  deadlineMs: NOW + 10 * MINUTE_MS,
  event: {},
  result: null,
  ...changes,
});

export const ended = (status: NonNullable<HookRun['result']>['status']): NonNullable<HookRun['result']> => ({
  status,
  reason: `it is ${status}`,
  endedAtMs: NOW,
});
