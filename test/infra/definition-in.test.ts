import { App, Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { definitionIn } from '../../infra/definition-in.ts';

const definition =
  '{"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Comment": "arn:aws:states:::"}';

test.each([
  ['cn-north-1', 'arn:aws-cn:states:::lambda:invoke.waitForTaskToken'],
  ['us-gov-west-1', 'arn:aws-us-gov:states:::lambda:invoke.waitForTaskToken'],
  ['eu-west-1', 'arn:aws:states:::lambda:invoke.waitForTaskToken'],
])('a state machine in %s calls its functions by that partition’s integration', (region, resource) => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region } });

  expect(JSON.parse(definitionIn(stack, definition))).toMatchObject({ Resource: resource });
});

test('a stack that names no Region keeps the file as it is', () => {
  expect(definitionIn(new Stack(new App(), 'Stack'), definition)).toBe(definition);
});
