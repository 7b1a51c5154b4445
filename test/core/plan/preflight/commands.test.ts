import { describe, expect, test } from 'vitest';
import { main } from '../../../../cli/main.ts';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';
import type { ObservedTargetGroup } from '../../../../core/vocabulary/observed.types.ts';
import { aTerminal } from '../../../cli/a-terminal.ts';
import { lineProblems } from '../../../printed/cli-line.ts';
import {
  aFirstObservation,
  aFirstRequest,
  aGroup,
  anObservation,
  aRequest,
  aRoute,
  aTaskDefinition,
  BLUE_GROUP,
  GREEN_GROUP,
} from '../../an-observation.ts';
import { cases } from './cases.ts';
import { seen, theSurroundings, wellSurrounded } from './cases-around-the-service.ts';

/** What preflight tells people to type can be typed: no gap to fill in, nothing that the AWS CLI would not take. */

const findings = cases.map(({ id, observed, request }) => {
  const found = preflight(observed ?? anObservation(), aRequest(request)).find(
    (finding) => finding.id === id,
  );
  return { id, fix: found?.fix ?? '', message: found?.message ?? '', commands: found?.commands ?? [] };
});

describe.each(findings)('$id', ({ fix, message, commands }) => {
  test('each command is one that the AWS CLI has, whole and ready', () => {
    const problems = commands.filter((line) => !line.startsWith('docker ')).flatMap(lineProblems);

    expect(problems).toEqual([]);
    expect(commands.filter((line) => /undefined|null|NaN|\[\]$/.test(line))).toEqual([]);
  });

  test('it says what was expected, what was found and what to do, and hides no command in the prose', () => {
    expect(message).toMatch(/^expected .*, found /);
    expect(message).not.toMatch(/undefined|null|NaN|[.]$/);
    expect(fix).toMatch(/^[A-Z].*[.:]$/s);
    expect(fix).not.toMatch(/`aws |<[a-z ]+>|undefined/);
  });

  test('a sentence that promises a command has one', () => {
    const promises = /\b(this|these|the first|the second) (lists?|shows?|creates?|says|gives)\b|:$/i.test(
      fix,
    );

    expect(promises && commands.length === 0).toBe(false);
  });
});

test('every row of the table of known mistakes has a finding, and one that is seen to fire', () => {
  const rows = Array.from({ length: 166 - 143 + 1 }, (_, index) => String(143 + index));

  const missing = rows.filter((row) => cases.every((one) => !one.row.split(', ').includes(row)));

  expect(missing).toEqual([]);
});

test('only the settings that differ are set, on the group that differs', () => {
  const healthCheck = {
    ...aGroup(GREEN_GROUP).healthCheck,
    path: '/',
    matcher: '200,202',
    intervalSeconds: 30,
  };
  const observed = anObservation({
    groups: [
      aGroup(BLUE_GROUP, { healthCheck: { ...aGroup(BLUE_GROUP).healthCheck, matcher: '200,204' } }),
      aGroup(GREEN_GROUP, { healthCheck, deregistrationDelaySeconds: 20 }),
    ],
  });

  const [finding] = preflight(observed, aRequest());

  expect(finding?.commands).toEqual([
    `aws elbv2 modify-target-group --target-group-arn ${GREEN_GROUP} --health-check-path /health ` +
      `--matcher 'HttpCode="200,204"' --health-check-interval-seconds 10`,
    `aws elbv2 modify-target-group-attributes --target-group-arn ${GREEN_GROUP} --attributes ` +
      'Key=deregistration_delay.timeout_seconds,Value=30',
  ]);
});

test('preflight of an account prints each command on a line of its own, whole', async () => {
  const { terminal, run } = aTerminal({ width: 60 });
  await main(
    ['plan', new URL('../../../../examples/first-deployment/request.json', import.meta.url).pathname],
    terminal,
  );

  const lines = run.out.split('\n').filter((line) => line.startsWith('      aws '));

  expect(lines).toHaveLength(2);
  expect(lines.flatMap((line) => lineProblems(line.trim()))).toEqual([]);
});

const commandsOf = (id: string, observed: PlanObservation, request = aRequest()) =>
  preflight(observed, request).find((finding) => finding.id === id)?.commands ?? [];
const both = (changes: Partial<ObservedTargetGroup>) =>
  anObservation({ groups: [aGroup(BLUE_GROUP, changes), aGroup(GREEN_GROUP, changes)] });

test('a new group gets a name that is no longer than the load balancer takes', () => {
  const name = 'a-service-with-quite-a-long-name';
  const [command = ''] = commandsOf(
    'no-green-group',
    anObservation({ groups: [aGroup(BLUE_GROUP, { name })], routes: [aRoute({ [BLUE_GROUP]: 1 })] }),
  );

  expect(/--name (\S+)/.exec(command)?.[1]).toBe('a-service-with-quite-a-long-na-2');
});

test('a move from instances to awsvpc is no mistake: the groups are of two kinds for one deployment', () => {
  const observed = anObservation({
    groups: [aGroup(BLUE_GROUP, { targetType: 'instance' }), aGroup(GREEN_GROUP, { targetType: 'ip' })],
  });

  expect(preflight(observed, aRequest())).toMatchObject([
    { id: 'target-groups-differ', severity: 'warning', message: expect.stringContaining('target type') },
  ]);
});

test.each([
  [80, '--unhealthy-threshold-count 10 --health-check-interval-seconds 11'],
  [60, '--unhealthy-threshold-count 9'],
  [290, '--unhealthy-threshold-count 10 --health-check-interval-seconds 32'],
])(
  'a first deployment that takes %d s to start has the checks wait as long as they can',
  (start, message) => {
    const containers = aTaskDefinition().containers.map((container) => ({
      ...container,
      healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: start },
    }));
    const observed = aFirstObservation({ taskDefinition: aTaskDefinition({ containers }) });

    expect(commandsOf('killed-while-starting', observed, aFirstRequest())).toEqual([
      `aws elbv2 modify-target-group --target-group-arn ${GREEN_GROUP} ${message}`,
    ]);
  },
);

test('what is said of one group is set on both, because colours alternate', () => {
  const attribute = '--attributes Key=deregistration_delay.timeout_seconds,Value=30';

  expect(commandsOf('no-deregistration-delay', both({ deregistrationDelaySeconds: 0 }))).toEqual(
    [BLUE_GROUP, GREEN_GROUP].map(
      (arn) => `aws elbv2 modify-target-group-attributes --target-group-arn ${arn} ${attribute}`,
    ),
  );
});

test('a tag can be pushed, a digest cannot', () => {
  const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const missing = (image: string) =>
    commandsOf(
      'image-not-found',
      wellSurrounded({
        surroundings: theSurroundings({ images: seen([{ image, repository: 'shop', exists: false }]) }),
      }),
    );
  const list =
    'aws ecr describe-images --registry-id 123456789012 --repository-name shop --query ' +
    "'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags'";

  expect(missing(`${registry}/shop:9`)).toEqual([`docker push ${registry}/shop:9`, list]);
  expect(missing(`${registry}/shop@sha256:${'a'.repeat(64)}`)).toEqual([list]);
});

test('a tenth is the most that the first shift may be', () => {
  const shifts = (greenPct: number) =>
    aRequest({
      shifts: [
        { greenPct, bake: '5m' },
        { greenPct: 40, bake: '5m' },
        { greenPct: 70, bake: '5m' },
        { greenPct: 100 },
      ],
    });
  const idsOf = (greenPct: number) => preflight(anObservation(), shifts(greenPct)).map(({ id }) => id);

  expect(idsOf(10)).toEqual([]);
  expect(idsOf(11)).toEqual(['large-first-shift']);
});

test('a Lambda function’s group beside both is named as what it is, and not offered for green', () => {
  const fn = BLUE_GROUP.replace('shop-blue', 'fn');
  const observed = anObservation({
    groups: [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP), aGroup(fn, { targetType: 'lambda' })],
    routes: [aRoute({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0, [fn]: 0 })],
  });

  const found = preflight(observed, aRequest()).find(({ id }) => id === 'green-group-ambiguous');

  expect(found?.message).toContain('shop-green, fn (of a Lambda function)');
  expect(found?.fix).toContain(GREEN_GROUP);
  expect(found?.fix).not.toContain(fn);
});
