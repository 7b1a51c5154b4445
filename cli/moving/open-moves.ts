import type { Installation } from '../../aws/installation.ts';
import { readInstallation } from '../../aws/installation.ts';
import { makeMoves } from '../../aws/moves.ts';
import type { Moves } from '../../aws/store-verbs.ts';
import { DeploymentError } from '../../core/errors.ts';
import { makeAccountCall } from '../account/account.ts';
import type { Host } from '../account/host.types.ts';
import type { Target } from '../account/target.ts';

/**
 * The table in which a command gives signs of life, found when the first is due: a move needs no installation.
 * @throws NotFound, AccessDenied or Rejected where nobody watches moves
 */
export const openMoves = (
  host: Host,
  { region, installation }: Pick<Target, 'region' | 'installation'>,
): (() => Promise<Moves>) => {
  const clients = host.clients(region);
  let found: Promise<Installation> | undefined;
  return async () => {
    found ??= readInstallation(clients.ssm, makeAccountCall(host), installation);
    const { tableName, watchesMoves } = await found.catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    if (watchesMoves !== true)
      throw new DeploymentError(
        'Rejected',
        `expected the installation "${installation}" to watch moves, found one of an earlier release: ` +
          'deploy its stack again',
      );
    return makeMoves(clients.dynamoDb, makeAccountCall(host), tableName);
  };
};
