import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';

import { checkScope } from '../../infra/check-scope.ts';
import { CutoverOrchestrator } from '../../infra/orchestrator.ts';
import { aDirectory } from '../a-directory.ts';
import { shop } from './synthesised.ts';

const aStack = () => new Stack(new App({ outdir: aDirectory('check-scope') }), 'App');

test('names for ARNs, an empty list and a text are all named at once, with what to do', () => {
  const scope = {
    ...shop,
    clusterArns: [],
    serviceArns: ['web', 7],
    listenerArns: 'l',
    hookFunctionArns: ['smoke'],
  };
  const make = () => new CutoverOrchestrator(aStack(), 'Cutover', { scope } as never);

  expect(make).toThrow(
    /- scope\.clusterArns: expected ARNs like arn:aws:\.\.\.:cluster\/\.\.\., found an empty list\n/,
  );
  expect(make).toThrow(/- scope\.serviceArns: .* found "web"\n- scope\.serviceArns: .* found 7\n/);
  expect(make).toThrow(
    /- scope\.listenerArns: .* in a list, found "l"\n- scope\.hookFunctionArns: .* found "smoke"\n/,
  );
  expect(make).toThrow(/\nwhat to do: /);
});

test('without a scope each list that is needed is named', () => {
  expect(() => new CutoverOrchestrator(aStack(), 'Cutover', undefined as never)).toThrow(
    /clusterArns.*\n.*serviceArns.*\n.*listenerArns.*\n.*taskRoleArns: .* in a list, found none\nwhat to do/,
  );
});

test('wildcards, and what only CloudFormation knows, are taken', () => {
  const stack = aStack();
  const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;

  expect(() => checkScope(shop)).not.toThrow();
  expect(() =>
    checkScope({
      clusterArns: list,
      serviceArns: [`arn:${stack.partition}:ecs:${stack.region}:${stack.account}:service/shop/*`],
      listenerArns: ['arn:aws:elasticloadbalancing:eu-west-1:*:listener/app/shop/*'],
      taskRoleArns: ['arn:*:iam::111122223333:role/*'],
      taskDefinitionArns: ['arn:*:ecs:*:*:task-definition/*'],
      hookTaskDefinitionArns: ['*'],
    }),
  ).not.toThrow();
});
