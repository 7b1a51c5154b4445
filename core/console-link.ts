/** The consoles' domains by partition (AWS General Reference, "Service endpoints"). */
const domains: Record<string, string> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where a person sees the execution in the Step Functions console; null for an ARN that leads nowhere we know. */
export const executionLink = (executionArn: string): string | null => {
  const [, partition = '', , region = ''] = executionArn.split(':');
  const domain = domains[partition];
  if (domain === undefined || !/^[a-z0-9-]+$/.test(region)) return null;
  return `https://${region}.${domain}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
};
