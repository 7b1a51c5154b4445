import { readText } from './read-field.ts';

/** Partition, Region and account of any ARN we take. */
export const ARN = (service: string): string => `arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:`;

const ROUTE = new RegExp(`^${ARN('elasticloadbalancing')}listener(?:-rule)?/[A-Za-z0-9/_-]{1,300}$`);

const TARGET_GROUP = new RegExp(
  `^${ARN('elasticloadbalancing')}targetgroup/[A-Za-z0-9-]{1,32}/[a-z0-9]{1,40}$`,
);

export const readTargetGroup = readText(TARGET_GROUP, "a target group's ARN", (text) =>
  text.startsWith('arn:')
    ? undefined
    : `\`aws elbv2 describe-target-groups --names ${text.slice(0, 32)}\` prints it.`,
);

export const readRoute = readText(ROUTE, 'the ARN of a listener or of a listener rule');
