import type { Mutant } from './mutant.types.ts';

/** Events, commands, and what they are allowed to do. */
export const ofSignals: readonly Mutant[] = [
  {
    name: 'no-room-for-abort',
    description: 'a deployment that has had as many commands as it takes refuses an abort, too',
    patches: [
      {
        file: 'core/operator/command-limits.ts',
        find: "kind === 'abort' ? MOST_COMMANDS + MOST_ABORTS : MOST_COMMANDS",
        replace: "kind === 'abort' ? MOST_COMMANDS : MOST_COMMANDS",
      },
    ],
    hunts: [{ base: 'canary', fault: 'many-commands', at: 'CheckGreen' }],
  },
  {
    name: 'ids-refused',
    description: 'Command refuses ids that it asks for',
    patches: [
      { file: 'functions/command.ts', find: '/^[A-Za-z0-9_]{1,64}$/', replace: '/^[A-Za-z0-9]{1,64}$/' },
    ],
    hunts: [{ base: 'canary', fault: 'foreign-ecs', at: 'GetItem by CheckGreen' }],
  },
  {
    name: 'event-trusted',
    description: 'an alarm event rolls back by itself, however late, doubled or false it is',
    patches: [
      {
        file: 'functions/judge-health.ts',
        find: 'const commands = stored?.commands ?? [];',
        replace: `const by = stored?.lastSignal?.by ?? '';
          const command = { id: 'event', kind: 'abort', by, reason: '', atMs: 0 } as const;
          const commands = [...(stored?.commands ?? []), ...(by.startsWith('alarm ') ? [command] : [])];`,
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'false-events', at: 'Bake' }],
  },
  {
    name: 'commands-ignored-while-baking',
    description: 'JudgeHealth does not read the commands',
    patches: [
      {
        file: 'functions/judge-health.ts',
        find: 'const commands = stored?.commands ?? [];',
        replace: 'const commands = (stored?.commands ?? []).slice(0, 0);',
      },
      {
        file: 'functions/retire-blue.ts',
        find: 'standingOrder(stored?.commands ?? [], deps.clock.nowMs());',
        replace: 'standingOrder([], deps.clock.nowMs());',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'aborted', at: 'Bake' }],
  },
];
