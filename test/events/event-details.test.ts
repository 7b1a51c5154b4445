import { describe, expect, test } from 'vitest';
import { executionLink } from '../../core/console-link.ts';
import { CUTOVER } from '../../core/deployment/event-detail.ts';
import { decisionEvent, inLineEvent, startedEvent } from '../../core/deployment/events.ts';
import { finishedEvent, readableOf } from '../../core/deployment/finished-event.ts';
import { decide } from '../../core/verdict/decide.ts';
import type { Command } from '../../core/vocabulary/command.types.ts';
import { acquireLease } from '../../functions/acquire-lease.ts';
import { aLeaseOf, LEASE } from '../builders/dynamodb.ts';
import { aCommand, anObservation, aPlan, NOW, someTraffic } from '../core/a-deployment.ts';
import { invoking } from '../functions/a-handler.ts';
import { execution, lease } from '../functions/a-plan.ts';
import { answerFrom, aWorld } from '../functions/answers.ts';
import { problemsOf } from './event-schemas.ts';

const envelope = ({ type, detail }: { type: string; detail: unknown }) => ({
  source: 'cutover',
  'detail-type': type,
  detail,
});

describe('who stands in line', () => {
  const run = invoking('AcquireLease', acquireLease);
  const request = {
    cluster: 'main',
    service: 'shop',
    taskDefinition: 'shop:8',
    whenBusy: 'queue',
    startedBy: 'ada',
  };

  test('says so once, with who and for what, by an event of its schema', async () => {
    const world = answerFrom(aWorld({ items: { [LEASE]: aLeaseOf('deploy-7') } }));

    const waiting = await run({ request, execution });
    await run({ request, execution, lease: waiting });

    const published = world.events.map(({ DetailType = '', Detail = '{}' }) => ({
      source: 'cutover',
      'detail-type': DetailType,
      detail: JSON.parse(Detail),
    }));
    expect(waiting.kind).toBe('waiting');
    expect(published).toMatchObject([
      {
        'detail-type': 'Cutover Deployment Waiting',
        detail: { waitingFor: 'lease', decision: null, actor: 'ada', toRevision: 'shop:8' },
      },
    ]);
    expect(published.flatMap(problemsOf)).toEqual([]);
  });
});

describe('what is said of a request that nobody could read', () => {
  test.each([
    ['no object', 'deploy it', {}],
    ['null', null, {}],
    ['wrong types', { cluster: 7, service: ['shop'] }, {}],
    ['a text too long for a name', { cluster: 'x'.repeat(5_000), service: 'shop' }, { service: 'shop' }],
    ['the rest', { service: 'shop', secret: 'not ours to tell' }, { service: 'shop' }],
  ])('%s', (_case, input, readable) => {
    expect(readableOf(input)).toEqual(readable);
  });

  test('an ARN is shown by its name', () => {
    const event = finishedEvent(
      {
        lease: undefined,
        plan: undefined,
        decision: undefined,
        executionArn: execution.id,
        deploymentId: null,
        history: null,
        hookRuns: [],
        request: { service: 'arn:aws:ecs:eu-west-1:1:service/main/shop', taskDefinition: 'shop' },
      },
      { kind: 'refused', reason: 'no cluster', endedAtMs: 0 },
    );

    expect(event.detail).toMatchObject({
      service: 'shop',
      cluster: null,
      fromRevision: null,
      toRevision: 'shop',
    });
    expect(problemsOf(envelope(event))).toEqual([]);
  });
});

test('a request that names nobody has an unknown actor, not an invented one', () => {
  const { startedBy: _nobody, ...request } = lease.request;

  expect(startedEvent({ ...lease, request }, aPlan()).detail.actor).toBe('unknown');
  expect(inLineEvent({ ...lease, request: { ...request, startedBy: 'ada' } }).detail.actor).toBe('ada');
});

describe('who made a decision', () => {
  const published = (...commands: Command[]) => {
    const plan = aPlan();
    const traffic = someTraffic();
    const decision = decide({
      plan,
      traffic,
      previous: undefined,
      observed: anObservation(),
      lastAlarm: null,
      commands,
      nowMs: NOW + 120_000,
    });
    return decisionEvent({ lease, plan, traffic }, decision, undefined);
  };

  test('is the person whose command it obeys, not one whose name begins alike', () => {
    const adam = aCommand('abort', NOW + 2, { by: 'adam' });

    expect(published(adam, aCommand('abort', NOW + 1)).detail.actor).toBe('adam');
  });

  test('is nobody for whom a reason quotes a command', () => {
    const quotes = aCommand('pause', NOW + 2, { by: 'bob', reason: 'after freeze by ada (claimed)' });
    const earlier = [aCommand('freeze', NOW), aCommand('resume', NOW + 1)];

    const { type, detail } = published(quotes, ...earlier);

    expect(type).toBe('Cutover Deployment Waiting');
    expect(detail).toMatchObject({ actor: 'bob', waitingFor: 'operator' });
  });

  test('is Cutover where nobody commands', () => {
    expect(published().detail.actor).toBe(CUTOVER);
  });
});

test.each([
  [
    'aws',
    'eu-west-1',
    'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/',
  ],
  [
    'aws-cn',
    'cn-north-1',
    'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/',
  ],
  [
    'aws-us-gov',
    'us-gov-west-1',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/v2/executions/details/',
  ],
])('the link of an execution in %s leads to the console of its Region', (partition, region, link) => {
  const arn = `arn:${partition}:states:${region}:1:execution:cutover:shop-42`;

  expect(executionLink(arn)).toBe(`${link}${arn}`);
  expect(executionLink('javascript:alert(1)')).toBeNull();
});
