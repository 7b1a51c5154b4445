import { type App, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { makeApp } from '../../infra/app.ts';
import { acknowledgeWildcardResources } from '../../infra/nag.ts';
import { aDirectory } from '../a-directory.ts';
import { anApp, stubCode } from './synthesised.ts';

const directory = aDirectory('nag');

const app = makeApp(stubCode, { outdir: directory });

const violationsOf = (scope: App | Stack): string[] =>
  new AwsSolutionsChecks().validateScope(scope).violations.map(({ ruleName }) => ruleName);

test('cdk-nag has no finding that is not explained', () => {
  app.synth();

  expect(violationsOf(app)).toEqual([]);
});

test('every explanation says why, in a sentence', () => {
  const reasons = app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    // The CDK acknowledges findings of its own too.
    .filter(([id]) => id.includes('AwsSolutions'))
    .map(([, reason]) => reason);

  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{40,}\.$/);
});

test('an action with a wildcard stays a finding, even where resources were explained', () => {
  const stack = new Stack(anApp());
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['ecs:*'], resources: ['*'] }));

  acknowledgeWildcardResources(role, 'For this test.');

  expect(violationsOf(stack)).toEqual(['AwsSolutions-IAM5[Action::ecs:*]']);
});
