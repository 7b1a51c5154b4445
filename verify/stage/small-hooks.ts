import type { HookStage } from '../../core/vocabulary/hooks.types.ts';

/** The function of every hook of a small deployment. */
export const HOOK_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:hook:live';

export const smallHook = (
  name: string,
  stages: readonly HookStage[],
  more: Record<string, unknown> = {},
) => ({
  name,
  stages,
  lambda: HOOK_ARN,
  timeout: '10m',
  ...more,
});
