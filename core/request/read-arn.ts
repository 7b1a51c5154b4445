import { readText } from './read-field.ts';

/** Partition, Region and account of any ARN we take. */
export const ARN = (service: string): string => `arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:`;

const ROUTE = new RegExp(`^${ARN('elasticloadbalancing')}listener(?:-rule)?/[A-Za-z0-9/_-]{1,300}$`);

export const readRoute = readText(ROUTE, 'the ARN of a listener or of a listener rule');
