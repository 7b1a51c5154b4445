import { expect, test } from 'vitest';
import type { Slices } from '../../../cli/watch/snapshot.ts';
import { viewOf } from '../../../cli/watch/view.ts';
import workflow from '../../../statemachine/deploy.asl.json' with { type: 'json' };

/** The states that wait as long as a slice says, with that slice. */
const timed = Object.entries(
  workflow.States as Record<string, { SecondsPath?: string; TimeoutSecondsPath?: string }>,
).flatMap(([state, { SecondsPath, TimeoutSecondsPath }]) => {
  const slice = (SecondsPath ?? TimeoutSecondsPath)?.split('.')[1];
  return slice === undefined ? [] : [{ state, slice }];
});

test.each(timed)('who watches a deployment in $state reads the reason of $slice', ({ state, slice }) => {
  const timing = {
    kind: 'waiting',
    reason: 'the reason',
    evidence: { commands: [], alarms: [], routes: [] },
  };

  const { why, decision } = viewOf({
    deploymentId: 'deploy-7',
    serviceKey: 'main/shop',
    executionArn: 'arn:aws:states:eu-west-1:1:execution:cutover:deploy-7',
    nowMs: 0,
    execution: null,
    record: null,
    hookRuns: [],
    lease: null,
    current: { state, sinceMs: 0, slices: { [slice]: timing } as Slices },
    news: [],
  });

  expect([why, decision?.reason]).toContain('the reason');
});
