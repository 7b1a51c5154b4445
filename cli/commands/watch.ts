import { openAccount } from '../account/account.ts';
import { deploymentNamed, runningDeployment } from '../account/locate.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_REFUSED, everyExit } from '../exit-codes.ts';
import { follow, followOptions, followSettings, stageSection } from '../watch/follow.ts';
import { writeEvent } from '../watch/json-sink.ts';

export const watchCommand: Command = {
  name: 'watch',
  summary: 'watch the deployment that runs, from any terminal; the exit code shows how it ended',
  usage: `${TARGET_USAGE} [options]`,
  exits: everyExit,
  options: {
    deployment: {
      type: 'string',
      value: 'NAME',
      help: 'this one, also when it has ended; default: the running one',
    },
    ...followOptions,
    ...targetOptions,
  },
  examples: [
    { line: 'cutover watch production/shop', description: 'after Ctrl-C, --detach or a lost connection' },
    {
      line: 'cutover watch shop --env production --wait-until shifted',
      description: 'in a later job of a pipeline',
    },
  ],
  sections: [targetSection, stageSection],
  run: async (args, terminal, host) => {
    const settings = followSettings(args, terminal);
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    const id = args.text('deployment');
    const watched =
      id === undefined
        ? await runningDeployment(account, target)
        : await deploymentNamed(account, target, id);
    if (watched !== null) return follow(account, watched, target.words, settings, terminal);

    await refuseIfNotThere(account, target);
    const reason = `nothing is being deployed to ${target.words}`;
    if (settings.showing === 'json')
      writeEvent(terminal, 'left', { because: 'nothingRuns', reason, exitCode: EXIT_REFUSED });
    else terminal.err(`${reason}; \`cutover history ${target.words}\` lists the last deployments\n`);
    return EXIT_REFUSED;
  },
};
