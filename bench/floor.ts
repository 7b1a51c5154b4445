import { actionOf, impliedActions, type Permission } from '../infra/narrowest.ts';

/** IAM's service -> the SDK's package and client. */
const clients: Readonly<Record<string, { from: string; client: string }>> = {
  'application-autoscaling': {
    from: '@aws-sdk/client-application-auto-scaling',
    client: 'ApplicationAutoScalingClient',
  },
  cloudtrail: { from: '@aws-sdk/client-cloudtrail', client: 'CloudTrailClient' },
  cloudwatch: { from: '@aws-sdk/client-cloudwatch', client: 'CloudWatchClient' },
  dynamodb: { from: '@aws-sdk/client-dynamodb', client: 'DynamoDBClient' },
  ecs: { from: '@aws-sdk/client-ecs', client: 'ECSClient' },
  elasticloadbalancing: {
    from: '@aws-sdk/client-elastic-load-balancing-v2',
    client: 'ElasticLoadBalancingV2Client',
  },
  events: { from: '@aws-sdk/client-eventbridge', client: 'EventBridgeClient' },
  states: { from: '@aws-sdk/client-sfn', client: 'SFNClient' },
};

/**
 * The SDK's packages, each with the client and the commands that the permissions allow.
 * @throws Error for a service that the table above does not have.
 */
export const clientsOf = (permissions: readonly Permission[]): { from: string; names: string[] }[] => {
  const direct = permissions.filter((permission) => !(permission in impliedActions));
  const calls = [...new Set(direct.map(actionOf))];
  return [...Map.groupBy(calls, (action) => action.split(':')[0] ?? '')].map(([service, actions]) => {
    const known = clients[service];
    if (known === undefined) throw new Error(`expected the SDK's client of ${service} in bench/floor.ts`);
    return {
      from: known.from,
      names: [known.client, ...actions.map((action) => `${action.split(':')[1]}Command`)],
    };
  });
};

/** An empty handler that names just the clients and commands that a Lambda's role allows: less cannot do its work. */
export const floorOf = (permissions: readonly Permission[]): string => {
  const used = clientsOf(permissions);
  const imports = used.map(({ from, names }) => `import { ${names.join(', ')} } from '${from}';`);
  const all = used.flatMap(({ names }) => names).join(', ');
  return `${imports.join('\n')}\nexport const handler = async () => [${all}];\n`;
};
