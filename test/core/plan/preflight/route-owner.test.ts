import { expect, test } from 'vitest';
import { escalate } from '../../../../core/plan/preflight/escalate.ts';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import { aRequest, aRoute, BLUE_GROUP, GREEN_GROUP, LISTENER, RULE } from '../../an-observation.ts';
import { seen, theSurroundings, wellSurrounded } from './cases-around-the-service.ts';

const weights = { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 };

const findings = (arn: string, tags: Record<string, string>) =>
  preflight(
    wellSurrounded({
      routes: [
        arn === RULE ? aRoute(weights, { arn, kind: 'rule', label: 'HTTPS:443 users' }) : aRoute(weights),
      ],
      surroundings: theSurroundings({ owners: seen([{ arn, tags }]) }),
    }),
    aRequest(),
  ).filter(({ id }) => id === 'route-has-an-owner');

test.each([
  [
    'Terraform, of a rule',
    RULE,
    { ManagedBy: 'terraform' },
    `Write into the aws_lb_listener_rule whose arn is ${RULE}: lifecycle { ignore_changes = [action] }.`,
  ],
  [
    "Terraform, of a listener's default action",
    LISTENER,
    { 'terraform:workspace': 'prod' },
    `Write into the aws_lb_listener whose arn is ${LISTENER}: lifecycle { ignore_changes = [default_action] }.`,
  ],
  [
    'a stack',
    RULE,
    { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Rule1' },
    '{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"LogicalResourceId/Rule1"}',
  ],
  [
    'a stack that Terraform made',
    RULE,
    { 'aws:cloudformation:stack-name': 'shop', by: 'terraform' },
    'Update:*',
  ],
  ['a controller', RULE, { 'elbv2.k8s.aws/cluster': 'one', by: 'terraform' }, 'out of its hands'],
])('the line that keeps the owner away: %s', (_owner, arn, tags, line) => {
  const [finding, ...others] = findings(arn, tags);

  expect(finding?.fix).toContain(line);
  expect(others).toEqual([]);
});

test.each([
  ['other tags', RULE, { team: 'shop' }],
  ['none', RULE, {}],
])('nobody is named for %s', (_what, arn, tags) => {
  expect(findings(arn, tags)).toEqual([]);
});

test('it stays advice where all else becomes a condition, because nobody can show that the line is there', () => {
  expect(escalate(findings(RULE, { by: 'terraform' }), true).map(({ severity }) => severity)).toEqual([
    'warning',
  ]);
});
