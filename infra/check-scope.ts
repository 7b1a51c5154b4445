import { Token } from 'aws-cdk-lib';
import type { DeploymentScope } from './deployment-scope.ts';

/** An ARN of this kind, wildcards included: what a parameter of the stack takes, and a list of somebody's app. */
export const arnPattern = (kind: string): string =>
  `arn:[a-z*-]+:[a-z-]+:[a-z0-9*-]*:([0-9]{12}|[*]):${kind}[/:].+`;

export const arnExample = (kind: string): string =>
  `arn:aws:...:${kind}${kind === 'function' ? ':' : '/'}...`;

const kinds: { [Name in keyof Required<DeploymentScope>]: { kind: string; required: boolean } } = {
  clusterArns: { kind: 'cluster', required: true },
  serviceArns: { kind: 'service', required: true },
  listenerArns: { kind: 'listener', required: true },
  taskRoleArns: { kind: 'role', required: true },
  taskDefinitionArns: { kind: 'task-definition', required: false },
  hookFunctionArns: { kind: 'function', required: false },
  hookTaskDefinitionArns: { kind: 'task-definition', required: false },
};

const problemsOf = (name: string, kind: string, list: unknown): string[] => {
  const expected = `scope.${name}: expected ARNs like ${arnExample(kind)}`;
  if (Token.isUnresolved(list)) return [];
  if (!Array.isArray(list)) return [`${expected} in a list, found ${JSON.stringify(list) ?? 'none'}`];
  if (list.length === 0) return [`${expected}, found an empty list`];
  // `*` alone is IAM's own word for everything.
  const whole = new RegExp(`^([*]|${arnPattern(kind)})$`);
  return list
    .filter((arn) => !Token.isUnresolved(arn) && !(typeof arn === 'string' && whole.test(arn)))
    .map((arn) => `${expected}, found ${JSON.stringify(arn)}`);
};

/** A name for an ARN synthesises, and only the first deployment would hear from IAM that nothing is allowed. */
export const checkScope = (scope: Partial<Record<keyof DeploymentScope, unknown>> | undefined): void => {
  const problems = Object.entries(kinds).flatMap(([name, { kind, required }]) => {
    const list = scope?.[name as keyof DeploymentScope];
    return list === undefined && !required ? [] : problemsOf(name, kind, list);
  });
  if (problems.length === 0) return;
  throw new Error(
    `CutoverOrchestrator cannot be made:\n- ${problems.join('\n- ')}\n` +
      'what to do: write what may be deployed in full; an ARN may end in a wildcard, such as .../service/shop/*',
  );
};
