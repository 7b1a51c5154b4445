import type { Finding } from '../plan.types.ts';

/** Refuses the deployment. */
export const error = (id: string, message: string, fix: string): Finding => ({
  id,
  severity: 'error',
  message,
  fix,
});

/** Goes into the plan and the record; the deployment runs. */
export const warning = (id: string, message: string, fix: string): Finding => ({
  id,
  severity: 'warning',
  message,
  fix,
});

export const nameOfArn = (arn: string): string => arn.split(':').at(-1) ?? arn;

/** `shop-green` of a target group's ARN. */
export const groupName = (arn: string): string => arn.split('/')[1] ?? arn;

/** `2 targets`, `1 target`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
