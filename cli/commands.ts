import type { Command } from './command.types.ts';
import { adoptCommand, leaveCommand } from './commands/adopt.ts';
import { analyseCommand } from './commands/analyse.ts';
import { makeCompletionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { deployCommand } from './commands/deploy.ts';
import { figuresCommand } from './commands/figures.ts';
import { historyCommand } from './commands/history.ts';
import { hookCommand } from './commands/hook.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { localCommand } from './commands/local.ts';
import { planCommand } from './commands/plan.ts';
import { preflightCommand } from './commands/preflight.ts';
import { rehearseCommand } from './commands/rehearse.ts';
import { reportCommand } from './commands/report.ts';
import { retryCommand } from './commands/retry.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { schemaCommand } from './commands/schema.ts';
import { selfcheckCommand } from './commands/selfcheck.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { statusCommand } from './commands/status.ts';
import { steeringCommands } from './commands/steering.ts';
import { versionCommand } from './commands/version.ts';
import { watchCommand } from './commands/watch.ts';
import type { CommandGroup } from './render/help.ts';

/** As the overview shows them: in the order in which somebody new needs them. */
export const groups: readonly CommandGroup[] = [
  {
    title: 'Try it, without an account',
    commands: [demoCommand, rehearseCommand, planCommand, snapshotCommand, localCommand],
  },
  {
    title: 'Deploy',
    commands: [initCommand, preflightCommand, deployCommand, retryCommand, rollbackCommand],
  },
  {
    title: 'Watch and read',
    commands: [
      statusCommand,
      watchCommand,
      listCommand,
      historyCommand,
      figuresCommand,
      reportCommand,
      analyseCommand,
    ],
  },
  { title: 'Steer the deployment that runs', commands: steeringCommands },
  {
    title: 'Set up',
    commands: [
      adoptCommand,
      leaveCommand,
      hookCommand,
      selfcheckCommand,
      schemaCommand,
      makeCompletionCommand(() => commands),
      versionCommand,
    ],
  },
];

export const commands: readonly Command[] = groups.flatMap((group) => group.commands);
