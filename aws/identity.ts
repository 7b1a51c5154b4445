import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Call, Sender } from './call.ts';

/** Who the credentials belong to: `user/ada`, `assumed-role/ci-deploy/run-17`. */
export const readIdentity = async (client: Sender, call: Call): Promise<string> => {
  const { Arn } = await call(client, new GetCallerIdentityCommand({}), { what: 'find out who is calling' });
  return Arn === undefined ? 'unknown' : Arn.split(':').slice(5).join(':');
};
