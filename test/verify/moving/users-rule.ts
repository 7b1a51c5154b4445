import type { MovedAccount } from '../../../verify/moving/moved-account.ts';
import { groupArn } from '../../../verify/stage/small-names.ts';

/** The ARN of the rule by which users of the service that moves come; not of one that a preview made. */
export const usersRule = ({ world }: MovedAccount): string =>
  world.elbv2
    .routes()
    .find(
      ({ arn, groups }) =>
        arn.includes('listener-rule') &&
        groups.some(({ targetGroupArn }) => targetGroupArn === groupArn('shop', 'a')),
    )?.arn ?? '';
