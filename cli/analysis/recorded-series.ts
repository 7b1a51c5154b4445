import { finalMinutes } from '../../core/verdict/analysis/final-minutes.ts';
import { SIGMA_CEILING } from '../../core/verdict/analysis/sigma.ts';
import type { Account } from '../account/account.ts';
import { UsageError } from '../usage-error.ts';
import type { Series } from './read-series.ts';

/** What a deployment has read of both colours' errors, with its own margins: to be judged again. */
export const recordedSeries = async (account: Account, deploymentId: string): Promise<Series> => {
  const { record, series } = account.verbs();
  const [stored, { minutes }] = await Promise.all([record.read(deploymentId), series.read(deploymentId)]);
  const policy = stored?.plan?.analysis;
  if (policy === undefined || minutes.length === 0) {
    throw new UsageError(`expected metrics of deployment ${deploymentId}, found none`, {
      hint: 'they are kept for 90 days, from the third minute of a first shift on, where green is compared with blue',
    });
  }
  const { errors, alpha, baseline } = policy;
  return {
    minutes: finalMinutes(minutes, account.host.clock.nowMs()).map((minute) => minute.errors),
    analysis: {
      method: 'recommended',
      psi: errors.psi,
      delta: errors.delta,
      alpha,
      sigma: baseline?.sigma ?? SIGMA_CEILING,
      baselineRate: 0,
    },
    calibrated: baseline !== null,
  };
};
