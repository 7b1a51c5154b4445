import { describe, expect, test } from 'vitest';
import { endFacts } from '../../../core/history/end.ts';
import type { Outcome } from '../../../core/vocabulary/ending.types.ts';
import type { DeploymentState, Failure } from '../../../core/vocabulary/state.types.ts';
import { lease } from '../../functions/a-plan.ts';
import { aDecision, aPlan, aRollBack, NOW, someTraffic } from '../a-deployment.ts';

const ended = {
  serviceKey: 'main/shop',
  deploymentId: 'deploy-4',
  executionArn: 'arn:execution',
  executionStartedAtMs: NOW - 7_200_000,
  request: {},
};
const outcome = (changes: Partial<Outcome> = {}): Outcome => ({
  kind: 'rolledBack',
  reason: 'because',
  endedAtMs: NOW,
  ...changes,
});
type State = Partial<DeploymentState>;
const failedBy = (name: string): Failure => ({ Error: name, Cause: '' });

const facts = (state: State, how = outcome()) => endFacts(ended, { lease, plan: aPlan(), ...state }, how);

describe('why it went back', () => {
  const rollBack = aDecision({ kind: 'rollBack' });
  const red = { ...rollBack.evidence, alarms: [{ name: 'errors', state: 'ALARM' }] };
  const worse = { ...rollBack, analysis: { kind: 'worse' } as NonNullable<typeof rollBack.analysis> };
  const traffic = someTraffic();
  const recovering = { ...lease, kind: 'recovering' as const };

  test.each<[string, State, Partial<Outcome>]>([
    ['alarm', { traffic, decision: { ...rollBack, evidence: red } }, {}],
    ['targets', { traffic, decision: { ...rollBack, evidence: red, ignoredUntilOk: ['errors'] } }, {}],
    ['metrics', { traffic, decision: { ...worse, evidence: red } }, {}],
    ['targets', { traffic, decision: rollBack }, {}],
    ['operator', { traffic, decision: { ...rollBack, evidence: red } }, { aborted: true }],
    ['interrupted', { lease: recovering }, {}],
    ['operator', { lease: recovering }, { aborted: true }],
    ['drift', { traffic, decision: { ...rollBack, drift: 'weights', evidence: red } }, {}],
    ['drift', { traffic, failure: failedBy('TrafficDrifted') }, {}],
    ['targets', { traffic, failure: failedBy('NotEnoughHealthyTargets') }, {}],
    ['error', { failure: failedBy('AccessDenied') }, {}],
    ['neverHealthy', {}, {}],
  ])('%s', (cause, state, changes) => {
    expect(facts(state, outcome(changes))).toMatchObject({ cause });
  });

  test('is nothing for one that succeeded, although it was to go back', () => {
    expect(facts({ traffic, decision: rollBack }, outcome({ kind: 'succeeded' }))).toMatchObject({
      cause: null,
      restoredAtMs: null,
    });
  });
});

describe('whether users were on green, and until when', () => {
  test.each<[string, boolean | null, State, Outcome['kind']]>([
    ['shifted and rolled back', true, { traffic: someTraffic() }, 'rolledBack'],
    ['rolled back before its first shift', false, {}, 'rolledBack'],
    ['recovered: nobody knows', null, { lease: { ...lease, kind: 'recovering' } }, 'rolledBack'],
    ['refused', false, {}, 'refused'],
    ['succeeded', true, { traffic: someTraffic() }, 'succeeded'],
  ])('%s', (_what, reachedUsers, state, kind) => {
    expect(facts(state, outcome({ kind }))).toMatchObject({ reachedUsers });
  });

  test('they are off it when the load balancer surely sends it nothing more', () => {
    const rolledBack = aRollBack({ kind: 'restored', leavesUntilMs: NOW - 5_000 });

    expect(facts({ traffic: someTraffic(), rolledBack })).toMatchObject({ restoredAtMs: NOW - 5_000 });
  });
});

test('one that never got the lease began with its execution', () => {
  const { lease: _lease, plan: _plan, ...nothing }: State = {};
  const refused = endFacts(
    { ...ended, request: { taskDefinition: 'shop:9', startedBy: 'ci' } },
    nothing,
    outcome({ kind: 'refused' }),
  );

  expect(refused).toMatchObject({
    startedAtMs: NOW - 7_200_000,
    from: null,
    to: 'shop:9',
    strategy: null,
    startedBy: 'ci',
  });
});

test('one that is stuck has no end', () => {
  expect(facts({}, outcome({ kind: 'stuck' }))).toBeNull();
});
