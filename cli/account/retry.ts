import { isObject } from '../../core/is-object.ts';
import type { Fields } from '../../core/request/read-field.ts';
import type { EarlierDeployment } from './history.ts';

/** What a retry would start, or why it makes no sense. */
export type Retry =
  | { kind: 'start'; last: EarlierDeployment; request: Fields }
  | { kind: 'none'; last: EarlierDeployment | null; description: string };

/**
 * Whether the last deployment of a service can be started again. Pure.
 * @param input the execution's; null when it is no longer known
 * @param running the task definition that serves now, `family:revision`
 */
export const retryOf = (
  last: EarlierDeployment | undefined,
  input: string | null,
  running: string | null,
  words: string,
): Retry => {
  const none = (description: string): Retry => ({ kind: 'none', last: last ?? null, description });
  if (last === undefined)
    return none(`no deployment of ${words} is known: \`cutover deploy --help\` shows how to start one`);
  if (last.end === null)
    return none(
      `deployment ${last.deploymentId} has not ended: \`cutover watch ${words}\` shows it and what it can be sent`,
    );
  if (last.ended?.kind === 'succeeded')
    return none(`the last deployment succeeded: ${last.to} serves since, and there is nothing to try again`);
  if (last.to !== null && last.to === running)
    return none(`${last.to}, which the last deployment was to bring, runs already`);
  const request: unknown = input === null ? null : JSON.parse(input);
  if (!isObject(request))
    return none(
      'what was asked for is forgotten, 90 days after its end: ' +
        `\`cutover deploy ${words} -t ${last.to}\` asks for the same version`,
    );
  const { startedBy: _somebody, ...again } = request;
  return { kind: 'start', last, request: again };
};
