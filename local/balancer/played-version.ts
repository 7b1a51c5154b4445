import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Target } from '../../sim/elbv2/target-checks.ts';
import { answerFixed } from './answers.ts';

/**
 * What an injected fault (`colour-errors`, `slow`) has a version do with one request, in place of its program or
 * before it.
 */
type Played = { fails: boolean; delayMs: number };

/** Undefined: its program answers. `chance` is uniform in [0, 1). */
export const playedBy = ({ app: { behaviour } }: Target, chance: number): Played | undefined => {
  const fails = chance < behaviour.errorShare(0, 0, 0);
  const delayMs = behaviour.responseMs(0, 0);
  return fails || delayMs > 0 ? { fails, delayMs } : undefined;
};

export const answerPlayed = (response: ServerResponse): void =>
  void answerFixed(response, { StatusCode: '500', MessageBody: 'a fault that was injected\n' });

/** Calls one of the two, after the delay unless the client leaves meanwhile. */
export const play = (
  { fails, delayMs }: Played,
  client: ServerResponse | Duplex,
  then: { fail(): void; send(): void; left(): void },
): void => {
  const left = (): void => {
    clearTimeout(timer);
    then.left();
  };
  const timer = setTimeout(() => {
    client.off('close', left);
    (fails ? then.fail : then.send)();
  }, delayMs);
  client.once('close', left);
};
