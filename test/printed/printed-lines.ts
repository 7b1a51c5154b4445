import { commands } from '../../cli/commands.ts';
import { preflight } from '../../core/plan/preflight/preflight.ts';
import type { Route } from '../../core/vocabulary/plan.types.ts';
import { aSimulatedAccount, DEPLOY, SHOP, type SimulatedAccount } from '../cli/a-simulated-account.ts';
import {
  anObservation,
  aRequest,
  aRoute,
  BLUE_GROUP,
  GREEN_GROUP,
  LISTENER,
  RULE,
} from '../core/an-observation.ts';
import { cases } from '../core/plan/preflight/cases.ts';
import { commandsIn } from './sources.ts';

const MINUTE_MS = 60_000;

/** A line that a person may paste, and the account that it is about. */
export type Printed = { line: string; account: 'observed' | 'shop' };

/** These take seconds each: printed-rehearsals.verify.ts runs them. */
export const isRehearsalOfFile = (line: string): boolean => /rehearse (?!production)/.test(line);

const verbs = commands.map(({ name }) => name);

/** Weights the wrong way round on a route that signs users in before it forwards. */
const signingIn = (arn: string, kind: Route['kind']) => {
  const route = aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 }, { arn, kind });
  const original = { ...route.original, otherActions: ['authenticate-oidc'] };
  return { observed: anObservation({ routes: [{ ...route, original }] }), request: {} };
};

/** Of every finding that preflight can make. */
const ofFindings = (): Printed[] =>
  [...cases, signingIn(LISTENER, 'listener'), signingIn(RULE, 'rule')].flatMap(({ observed, request }) =>
    preflight(observed ?? anObservation(), aRequest(request)).flatMap((finding) =>
      (finding.commands ?? []).map((line) => ({ line, account: 'observed' as const })),
    ),
  );

/** Of the command line's own help. */
const ofHelp = (): Printed[] =>
  commands.flatMap(({ examples }) =>
    examples.flatMap(({ line }) =>
      commandsIn(line, verbs).map(({ text }) => ({ line: text, account: 'shop' as const })),
    ),
  );

/** What people type in an account, in order, each in a terminal wide enough for every line. */
const session = async (
  steps: (account: SimulatedAccount, type: (...argv: string[]) => Promise<void>) => Promise<void>,
): Promise<Printed[]> => {
  const account = await aSimulatedAccount();
  let printed = '';
  await steps(account, async (...argv) => {
    const { out, err } = await account.cutover(argv, { width: 1_000 });
    printed += `${out}\n${err}\n`;
  });
  return commandsIn(printed, verbs).map(({ text }) => ({ line: text, account: 'shop' as const }));
};

const sessions = (): Promise<Printed[]>[] => [
  session(async (_account, type) => {
    await type('status', 'production/nope');
    await type('snapshot', 'production/nope');
    await type('deploy', SHOP, '-t', 'nope:1');
    await type('deploy', SHOP);
    await type('status', '--config', 'nope.yaml');
    await type('status');
    await type('abort', SHOP);
    await type('watch', SHOP);
    await type('rehearse', 'examples/shop/request.json', '--version', 'nope');
    await type('rehearse', 'examples/shop/request.json', '--inject', 'nope');
    await type('rehearse', 'examples/shop/request.json', '--version', 'errors:30%');
    await type('local', 'logs', '--port', '1');
    await type('deploy', SHOP, '-t', 'examples/shop/request.json');
    await type('analyse', 'examples/shop/request.json');
    await type('help');
    await type(...DEPLOY);
    await type('status', SHOP);
  }),
  session(async (account, type) => {
    await type(...DEPLOY, '--detach');
    await account.pass(4 * MINUTE_MS);
    await type('status', SHOP);
    await type(...DEPLOY, '--name', 'another');
    await type('watch', SHOP, '--timeout', '10s', '--json');
    await type('abort', SHOP, '--reason', 'slow');
    await type('abort', SHOP);
    await type('pause', SHOP);
    await account.pass(20_000);
    await type('pause', SHOP);
    await type('abort', SHOP);
  }),
  session(async (account, type) => {
    await type(...DEPLOY, '--detach');
    for (let minute = 0; minute < 20; minute += 1) {
      await account.pass(MINUTE_MS);
      await type('status', SHOP);
    }
    await type('abort', SHOP);
  }),
];

export const printedLines = async (): Promise<Printed[]> => {
  const all = [...ofFindings(), ...ofHelp(), ...(await Promise.all(sessions())).flat()];
  return [...new Map(all.map((one) => [one.line, one])).values()];
};
