/**
 * The live view on a real terminal, over a simulated account: `npx node test/cli/play.ts SPEED COMMAND...`, for example
 * `npx node test/cli/play.ts 60 deploy production/shop -i web=repo/shop:9`. CUTOVER_PLAY types commands meanwhile:
 * `5m:pause,7m:resume`. CUTOVER_VERSION is the new version's behaviour, as for a rehearsal.
 */
import { setTimeout } from 'node:timers/promises';
import { processHost } from '../../cli/account/process-host.ts';
import { main } from '../../cli/main.ts';
import { processTerminal } from '../../cli/terminal.ts';
import { parseDuration } from '../../core/duration.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

const FRAME_MS = 50;

const [speedText = '60', ...argv] = process.argv.slice(2);
const speed = Number(speedText);
const version = process.env.CUTOVER_VERSION;
const account = await aSimulatedAccount(version === undefined ? {} : { version });
const played = (process.env.CUTOVER_PLAY ?? '')
  .split(',')
  .filter((text) => text !== '')
  .map((text) => {
    const [at = '', ...words] = text.split(':');
    return { atMs: parseDuration(at) ?? 0, argv: words.join(':').split(' ') };
  });

let code: number | undefined;
const host = account.hostFor(processHost.interruption());
main(argv, processTerminal(), host).then((ended) => {
  code = ended;
});
while (code === undefined) {
  await account.until(() => code !== undefined, FRAME_MS * speed);
  const due = played.filter(({ atMs }) => atMs <= account.elapsedMs());
  for (const one of due) {
    played.splice(played.indexOf(one), 1);
    account.type(one.argv);
  }
  await setTimeout(FRAME_MS);
}
process.exit(code);
