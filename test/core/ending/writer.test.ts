import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../core/ending/drift.ts';
import { describeWriter, OWN_USER_AGENT, writerIn } from '../../../core/ending/writer.ts';
import { aDecision, aPlan, NOW } from '../a-deployment.ts';
import { aTrailEvent, drift, OWN } from './a-trail.ts';

const taskSet = {
  of: 'taskSet' as const,
  resources: ['ecs-svc/2', 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2'],
};

describe('an event of CloudTrail names who wrote', () => {
  test('with the tool, the address, the time and the id by which it is found again', () => {
    const writer = writerIn(aTrailEvent(), drift);

    expect(writer).toEqual({
      identity: 'deployer/ci-42',
      source: '203.0.113.24',
      tool: 'Terraform/1.13.4',
      operation: 'ModifyListener',
      atMs: NOW - 60_000,
      eventId: 'b9a2f0a4-0000-4000-8000-000000000001',
    });
    expect(writer && describeWriter({ answer: 'named', writer })).toBe(
      'it was deployer/ci-42 with Terraform/1.13.4 from 203.0.113.24: ModifyListener at 07:59:00 UTC, CloudTrail ' +
        'event b9a2f0a4-0000-4000-8000-000000000001',
    );
  });

  test.each([
    [
      'a user',
      { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ops/ada', userName: 'ada' },
      'ops/ada',
    ],
    [
      'a federated user',
      { type: 'FederatedUser', arn: 'arn:aws:sts::111122223333:federated-user/ada' },
      'ada',
    ],
    ['the root user', { type: 'Root', arn: 'arn:aws:iam::111122223333:root' }, "the account's root user"],
    ['a service', { type: 'AWSService', invokedBy: 'ecs.amazonaws.com' }, 'ecs.amazonaws.com'],
    ['an identity without an ARN', { type: 'SAMLUser', principalId: 'abc:ada' }, 'abc:ada'],
    [
      'a principal of another kind, by its whole ARN',
      { type: 'AssumedRole', arn: 'arn:aws:iam::111122223333:role/deployer' },
      'arn:aws:iam::111122223333:role/deployer',
    ],
    [
      'what is no ARN, as it is given, before the service that called',
      { arn: 'somebody', invokedBy: 'ecs.amazonaws.com', principalId: 'abc' },
      'somebody',
    ],
    ['a service before an id', { invokedBy: 'ecs.amazonaws.com', principalId: 'abc' }, 'ecs.amazonaws.com'],
    ['an empty id', { principalId: '' }, 'somebody unnamed'],
    ['nobody', {}, 'somebody unnamed'],
  ])('%s', (_who, userIdentity, identity) => {
    expect(writerIn(aTrailEvent({ userIdentity }), drift)).toMatchObject({ identity });
  });

  test.each([
    ['cloudformation.amazonaws.com', 'cloudformation.amazonaws.com'],
    ['aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1', 'aws-cli/2.31.0'],
    ['Boto3/1.40 md/Botocore', 'Boto3/1.40'],
    ['', ''],
  ])('the tool of the user agent "%s"', (userAgent, tool) => {
    expect(writerIn(aTrailEvent({ userAgent }), drift)).toMatchObject({ tool });
  });

  test("texts of others are one readable line of a name's length", () => {
    const found = writerIn(aTrailEvent({ sourceIPAddress: `a\u001b[2K\nb${'c'.repeat(200)}` }), drift);

    expect(found?.source).toBe(`a [2K b${'c'.repeat(113)}...`);
    expect(writerIn(aTrailEvent({ sourceIPAddress: ` ${'c'.repeat(120)} ` }), drift)?.source).toBe(
      'c'.repeat(120),
    );
  });

  test('what it does not give is left out, or said to be missing', () => {
    const gaps = { sourceIPAddress: undefined, eventName: 7, eventID: undefined, userAgent: undefined };
    const writer = writerIn(aTrailEvent(gaps), drift);

    expect(writer).toMatchObject({
      source: 'an address that is not given',
      operation: '',
      eventId: '',
      tool: '',
    });
    expect(
      writer &&
        describeWriter({ answer: 'named', writer: { ...writer, operation: 'ModifyRule', eventId: 'b9a2' } }),
    ).toBe(
      'it was deployer/ci-42 from an address that is not given: ModifyRule at 07:59:00 UTC, CloudTrail event b9a2',
    );
  });

  test.each([
    [0, '00:00:00'],
    [59_999, '00:00:59'],
    [3_661_000, '01:01:01'],
    [86_399_000, '23:59:59'],
    [86_400_000, '00:00:00'],
  ])('%d ms into a day is %s', (atMs, time) => {
    const writer = { identity: 'a', source: 's', tool: 't', operation: 'o', atMs, eventId: 'e' };

    expect(describeWriter({ answer: 'named', writer })).toContain(` at ${time} UTC,`);
  });

  test.each([
    ['notYet', 'CloudTrail does not name who it was, or not yet: an event takes up to 15 minutes'],
    ['notAllowed', 'who it was is not known: cloudtrail:LookupEvents is not allowed'],
    ['unreadable', 'who it was is not known: CloudTrail could not be read'],
  ] as const)('%s is said as that', (answer, sentence) => {
    expect(describeWriter({ answer, writer: null })).toBe(sentence);
  });

  test('of a task set: by its id or its ARN, wherever the operation has it', () => {
    const parameters = { cluster: 'main', service: 'shop', taskSet: 'ecs-svc/2', force: true };
    const text = aTrailEvent({ eventName: 'DeleteTaskSet', requestParameters: parameters });

    const inLists = { all: [{ of: ['other'] }, { of: ['ecs-svc/2'] }], count: 1, none: null };

    expect(writerIn(text, { ...drift, ...taskSet })).toMatchObject({ operation: 'DeleteTaskSet' });
    expect(writerIn(aTrailEvent({ requestParameters: inLists }), { ...drift, ...taskSet })).not.toBeNull();
    expect(writerIn(text, drift)).toBeNull();
  });

  test.each([
    ['as the deployment began', drift.afterMs - 2_000, true],
    ['just before it', drift.afterMs - 2_001, false],
    ['as it was found', drift.foundAtMs + 2_000, true],
    ['just after that', drift.foundAtMs + 2_001, false],
  ])('of a call %s, by clocks that differ a little', (_when, atMs, counts) => {
    expect(writerIn(aTrailEvent({}, atMs), drift) !== null).toBe(counts);
  });

  test('a user agent that only has the name of Cutover in it is somebody else’s', () => {
    expect(writerIn(aTrailEvent({ userAgent: `my${OWN_USER_AGENT}/1.0` }), drift)).not.toBeNull();
  });

  test.each([
    ["a call of Cutover's", aTrailEvent({ userAgent: OWN })],
    ['a call that AWS refused', aTrailEvent({ errorCode: 'AccessDenied' })],
    ['another route', aTrailEvent({ requestParameters: { listenerArn: 'arn:other' } })],
    ['no parameters', aTrailEvent({ requestParameters: null })],
    ['a call before the deployment', aTrailEvent({}, drift.afterMs - 10_000)],
    ['a call after it was found', aTrailEvent({}, NOW + 10_000)],
    ['no time', aTrailEvent({}, Number.NaN)],
    ['no event', { text: '[]', atMs: NOW }],
    ['no JSON', { text: '{', atMs: NOW }],
  ])('not by %s', (_what, event) => {
    expect(writerIn(event, drift)).toBeNull();
  });
});

describe('what a deployment found changed', () => {
  const lease = { acquiredAtMs: NOW - 600_000 } as never;
  const plan = aPlan();
  const green = {
    taskSetId: 'ecs-svc/2',
    taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
  } as never;
  const failure = { Error: 'TrafficDrifted', Cause: '' };
  const decided = (found?: 'weights' | 'taskSet') =>
    aDecision({ kind: 'rollBack', ...(found === undefined ? {} : { drift: found }) });

  test.each([
    ['weights, by a decision', { lease, plan, decision: decided('weights') }, drift],
    ['weights, by a step that found others', { lease, plan, failure }, drift],
    ["green's task set", { lease, plan, green, decision: decided('taskSet') }, { ...drift, ...taskSet }],
    [
      'PRIMARY, which is given back to blue',
      { lease, plan, green, decision: decided(), removal: { primaryMovedAtMs: NOW - 9 } as never },
      { ...drift, ...taskSet, of: 'primary', foundAtMs: NOW - 9 },
    ],
    [
      'nothing, when the deployment itself may have made green PRIMARY',
      {
        lease,
        plan,
        green,
        decision: aDecision({ kind: 'promote' }),
        removal: { primaryMovedAtMs: 1 } as never,
      },
      null,
    ],
    [
      'nothing, when no decision is left to tell by',
      { lease, plan, green, removal: { primaryMovedAtMs: 1 } as never },
      null,
    ],
    ['nothing, by a decision', { lease, plan, green, decision: decided() }, null],
    ['nothing, by a step that failed', { lease, plan, failure: { Error: 'Throttled', Cause: '' } }, null],
    ['nothing, without a plan', { lease, failure }, null],
    ['nothing, without a lease', { plan, failure }, null],
    ['nothing, of a green that no slice names', { lease, plan, decision: decided('taskSet') }, null],
    [
      'nothing, where green is not known and PRIMARY moved',
      { lease, plan, decision: decided(), removal: { primaryMovedAtMs: NOW } as never },
      null,
    ],
    [
      'weights, which weigh more than PRIMARY',
      { lease, plan, green, decision: decided('weights'), removal: { primaryMovedAtMs: NOW - 9 } as never },
      drift,
    ],
    [
      'weights that were written back, which weigh more than PRIMARY',
      {
        lease,
        plan,
        green,
        decision: { ...decided(), placement: { reassertedAtMs: NOW - 60_000 } as never },
        removal: { primaryMovedAtMs: NOW - 9 } as never,
      },
      { ...drift, foundAtMs: NOW - 60_000, writtenBack: true },
    ],
  ])('%s', (_what, state, expected) => {
    expect(driftOf(state, NOW)).toEqual(expected);
  });

  test('on the test route, too, and by the rule that a default action is as well', () => {
    const [route] = plan.routes;
    const two = aPlan({ routes: [{ ...route, defaultRuleArn: 'arn:default-rule' } as never] });

    expect(
      driftOf(
        { lease, plan: { ...two, test: { route: { ...route, arn: 'arn:test' } } as never }, failure },
        NOW,
      ),
    ).toMatchObject({
      resources: [route?.arn, 'arn:default-rule', 'arn:test'],
    });
  });

  test.each([
    ['and the deployment continued', aDecision({ kind: 'promote' }), -1, true],
    ['though the decision that is left is an earlier one', aDecision({ kind: 'hold' }), 1, true],
    ['and went back later', aDecision({ kind: 'rollBack' }), -1, true],
    ['but for a reason to go back in the same observation', aDecision({ kind: 'rollBack' }), 0, undefined],
  ])('which was written back, %s', (_what, decision, laterMs, writtenBack) => {
    const reassertedAtMs = decision.evidence.observedAtMs + laterMs;
    const found = driftOf(
      { lease, plan, decision: { ...decision, placement: { reassertedAtMs } as never } },
      NOW,
    );

    expect(found).toMatchObject({ of: 'weights', foundAtMs: reassertedAtMs });
    expect(found?.writtenBack).toBe(writtenBack);
  });

  test('again after it was written back once: what ended the deployment is the second time', () => {
    const decision = aDecision({ kind: 'rollBack', drift: 'weights' });
    const placement = { reassertedAtMs: NOW - 60_000 } as never;
    const found = driftOf({ lease, plan, decision: { ...decision, placement } }, NOW);

    expect(found).toMatchObject({ of: 'weights', foundAtMs: NOW });
    expect(found).not.toHaveProperty('writtenBack');
  });

  test('before it began to go back, when it did', () => {
    const rolledBack = { startedAtMs: NOW - 5_000 } as never;

    expect(driftOf({ lease, plan, failure, rolledBack }, NOW)).toMatchObject({ foundAtMs: NOW - 5_000 });
  });
});
