import type { Mutant } from './mutant.types.ts';

/** How an API's answer, or its absence, is taken. */
export const ofCalls: readonly Mutant[] = [
  {
    name: 'timeouts-swallowed',
    description: 'a call that timed out counts as answered, with nothing in it',
    patches: [
      {
        file: 'aws/call.ts',
        find: '    return { ok: false, error };\n  }\n};',
        replace:
          "    if ((error as Error).name === 'TimeoutError') return { ok: true, output: {} as Output " +
          '};\n    return { ok: false, error };\n  }\n};',
      },
    ],
    hunts: [{ base: 'canary', fault: 'times-out', at: 'ShiftTraffic' }],
  },
  {
    name: 'first-page-only',
    description: 'only the first page of a list is read (PipeCD)',
    patches: [
      {
        file: 'aws/pages.ts',
        find: 'token = page.next;',
        replace: 'return all;',
      },
    ],
    hunts: [{ base: 'crowded' }],
  },
  {
    name: 'unread-routes-are-fine',
    description:
      'RetireBlue takes an error of its read for "nothing is there", and the check below never runs',
    patches: [
      {
        file: 'functions/retire-blue.ts',
        find: 'const live = await readForRetirement(deps.listener, plan, taskSet);',
        replace: 'const live = await readForRetirement(deps.listener, plan, taskSet).catch(() => []);',
      },
      {
        file: 'core/ending/retirement.ts',
        find: 'const refusal = refuseRetirement(plan, live, {',
        replace: 'const refusal = live.length === 0 ? null : refuseRetirement(plan, live, {',
      },
    ],
    hunts: [{ base: 'canary', fault: 'throttled', at: 'DescribeRules by RetireBlue' }],
  },
  {
    name: 'silence-waited-for',
    description: 'a call without an answer is waited for as long as its Lambda lives',
    patches: [
      {
        file: 'aws/call.ts',
        find: 'silence === undefined ? await answer : await orSilent(answer, silence)',
        replace: 'silence === undefined ? await answer : await answer',
      },
    ],
    hunts: [{ base: 'rollback-slow', fault: 'silent', at: 'by JudgeHealth' }],
  },
];
