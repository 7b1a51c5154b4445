import type { Hook } from '../../vocabulary/hooks.types.ts';
import { type AllowedHooks, seen } from '../../vocabulary/surroundings.types.ts';
import { taskLaunch } from '../hook-task.ts';
import type { Check, Inspected } from './check.types.ts';
import { error } from './finding.ts';

/** IAM's wildcards: `*` for any characters, `?` for one (IAM guide, Resource). */
const matches = (pattern: string, arn: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(arn);
};

type Wanted = { arn: string; verb: string; among: keyof AllowedHooks; parameter: string };

const wantedBy = (hook: Hook, { observed, request, found }: Inspected): Wanted | null => {
  if (hook.kind === 'lambda')
    return { arn: hook.functionArn, verb: 'call', among: 'functions', parameter: 'HookFunctionArns' };
  if (hook.kind !== 'task') return null;
  const planned = taskLaunch(hook, observed, request, found);
  if ('problem' in planned) return null;
  const arn = planned.launch.taskDefinitionArn;
  return { arn, verb: 'run', among: 'taskDefinitions', parameter: 'HookTaskDefinitionArns' };
};

/** What the installation does not allow fails at its stage, perhaps when users are on green. */
export const checkHooksAllowed: Check = (inspected) => {
  const allowed = seen(inspected.observed.surroundings?.allowedHooks);
  if (allowed === undefined) return [];
  return (inspected.request.hooks ?? []).flatMap((hook) => {
    const wanted = wantedBy(hook, inspected);
    if (wanted === null || allowed[wanted.among].some((pattern) => matches(pattern, wanted.arn))) return [];
    const { arn, verb, among, parameter } = wanted;
    return [
      error(
        'hook-not-allowed',
        `expected the installation to ${verb} ${arn} as hook ${hook.name}, found that it may only ${verb} ` +
          allowed[among].join(', '),
        `Add it to ${parameter} of the installation's stack, or name one of these.`,
      ),
    ];
  });
};
