import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Pace } from '../core/clock.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import type { AllowedHooks } from '../core/vocabulary/surroundings.types.ts';
import type { Call, Sender } from './call.ts';

/** Where Cutover is installed in an account and Region; infra/orchestrator-stack.ts publishes it. */
export type Installation = {
  stateMachineArn: string;
  tableName: string;
  eventBusName: string;
  commandFunction: string;
  /** The function has an alias for each command; absent in an installation that is older. */
  commandsByAlias?: boolean;
  /** WatchMoves is part of it; absent in an installation that is older. */
  watchesMoves?: boolean;
  /** Of a local world, whose clock may run faster than ours; an account has none. */
  pace?: Pace;
};

const fields = ['stateMachineArn', 'tableName', 'eventBusName', 'commandFunction'] as const;

const parameterOf = (installation: string): string => `/cutover/${installation}`;

/** Reads the SSM parameter that an installation writes. */
export const readInstallation = async (client: Sender, call: Call, name: string): Promise<Installation> => {
  const parameter = parameterOf(name);
  const what = `find the installation "${name}" (SSM parameter ${parameter})`;
  try {
    const answer = await call(client, new GetParameterCommand({ Name: parameter }), { what });
    return parse(answer.Parameter?.Value, parameter);
  } catch (error) {
    if (!isDeploymentError(error, 'NotFound')) throw error;
    throw new DeploymentError(
      'NotFound',
      `Could not ${what}: Cutover is not installed under this name in this account and Region. Check ` +
        '--region, --installation and the credentials; docs/deploying.md says how to install it.',
      { cause: error.cause },
    );
  }
};

/**
 * What the installation allows as hooks: `parameter/hook-functions` and `parameter/hook-task-definitions`, each a list
 * of ARNs with IAM's wildcards. Null in an installation of an earlier release, which did not write them.
 */
export const readAllowedHooks = async (
  client: Sender,
  call: Call,
  name: string,
  patienceMs: number,
): Promise<AllowedHooks | null> => {
  const list = async (kind: string): Promise<string[]> => {
    const Name = `${parameterOf(name)}/${kind}`;
    const context = { what: `read the SSM parameter ${Name}`, patienceMs };
    const answer = await call(client, new GetParameterCommand({ Name }), context);
    return (answer.Parameter?.Value ?? '').split(',');
  };
  try {
    const [functions, taskDefinitions] = await Promise.all([
      list('hook-functions'),
      list('hook-task-definitions'),
    ]);
    return { functions, taskDefinitions };
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return null;
    throw error;
  }
};

const parse = (value: string | undefined, parameter: string): Installation => {
  const read = parseJson(value);
  const missing = fields.filter((field) => typeof read[field] !== 'string' || read[field] === '');
  if (missing.length === 0) {
    const { pace, commandsByAlias, watchesMoves, ...installation } = read;
    return {
      ...(installation as Installation),
      ...(commandsByAlias === true ? { commandsByAlias } : {}),
      ...(watchesMoves === true ? { watchesMoves } : {}),
      ...(isPace(pace) ? { pace } : {}),
    };
  }
  throw new DeploymentError(
    'Rejected',
    `Expected ${parameter} to name ${fields.join(', ')}, found no ${missing.join(', ')}. Deploy the ` +
      'stack in infra/ again.',
  );
};

const isPace = (value: unknown): value is Pace => {
  if (typeof value !== 'object' || value === null) return false;
  const { startMs, speed } = value as Record<string, unknown>;
  return typeof startMs === 'number' && typeof speed === 'number' && speed > 0;
};

const parseJson = (value: string | undefined): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(value ?? '');
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
};
