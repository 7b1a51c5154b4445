/** The consoles' domains by partition (AWS General Reference, "Service endpoints"). */
const domains: Record<string, string> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** `https://eu-west-1.console.aws.amazon.com`; null for an ARN that leads nowhere we know. */
const consoleOf = (arn: string): { host: string; region: string } | null => {
  const [, partition = '', , region = ''] = arn.split(':');
  const domain = domains[partition];
  if (domain === undefined || !/^[a-z0-9-]+$/.test(region)) return null;
  return { host: `https://${region}.${domain}`, region };
};

/** Where a person sees the execution in the Step Functions console; null for an ARN that leads nowhere we know. */
export const executionLink = (executionArn: string): string | null => {
  const at = consoleOf(executionArn);
  return at === null
    ? null
    : `${at.host}/states/home?region=${at.region}#/v2/executions/details/${executionArn}`;
};

/** Where a person sees the task in the ECS console, with its logs; null for an ARN that leads nowhere we know. */
export const taskLink = (taskArn: string): string | null => {
  const at = consoleOf(taskArn);
  const [, cluster, id] = /:task\/([^/]+)\/([^/]+)$/.exec(taskArn) ?? [];
  if (at === null || cluster === undefined || id === undefined) return null;
  return `${at.host}/ecs/v2/clusters/${cluster}/tasks/${id}/logs?region=${at.region}`;
};
