import { SECOND_MS } from '../../core/clock.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** A name that its deployment's id repeats whole where the service's is short. */
const SERVICE_CHARACTERS = 14;

/** Two deployments of one service in the same second differ in these: base 36, one in 1.7 million alike. */
const RANDOM_CHARACTERS = 4;

/** `shop-20260105T090000-k3x9`: who reads a list of executions sees what and when. */
export const deploymentName = (service: string, nowMs: number, random: () => number): string => {
  const readable = service.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, SERVICE_CHARACTERS);
  const seconds = new Date(Math.floor(nowMs / SECOND_MS) * SECOND_MS);
  const time = seconds.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const letters = Array.from({ length: RANDOM_CHARACTERS }, () => Math.floor(random() * 36).toString(36));
  return `${readable}-${time}-${letters.join('')}`;
};

/** What Step Functions and CloudWatch Logs both take [fact 94]. */
export const NAME_FORM = /^[A-Za-z0-9_-]{1,80}$/;

/** The same name twice is one start, for CI jobs that run again. @throws UsageError */
export const givenName = (args: Arguments): string | undefined => {
  const name = args.text('name');
  if (name === undefined || NAME_FORM.test(name)) return name;
  throw new UsageError(`--name: expected 1 to 80 letters, digits, - and _, found "${name}"`);
};
