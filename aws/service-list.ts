import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListClustersCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';

/** What `cutover init` reads. */
type ServiceList = {
  clusters(): Promise<string[]>;
  services(clusterArn: string): Promise<string[]>;
};

export const makeServiceList = (client: Sender, call: Call): ServiceList => ({
  clusters: () =>
    allPages('list the clusters', async (nextToken) => {
      const command = new ListClustersCommand(defined({ nextToken }));
      const answer = await call(client, command, { what: 'list the clusters' });
      return { items: answer.clusterArns, next: answer.nextToken };
    }),
  services: (clusterArn) => {
    const what = `list the services of cluster ${clusterArn}`;
    return allPages(what, async (nextToken) => {
      const command = new ListServicesCommand({
        cluster: clusterArn,
        ...defined({ nextToken }),
      });
      const answer = await call(client, command, { what });
      return { items: answer.serviceArns, next: answer.nextToken };
    });
  },
});

/** An alarm of the account, with what shows which service it watches. */
export type ListedAlarm = { name: string; kind: 'metric' | 'composite'; about: string };

/**
 * Every alarm of the account and Region. `about` is the composite's rule, or the metric alarm's dimensions and
 * metrics as JSON text, in which a target group stands as `targetgroup/shop-blue/2f6a1c8d90b7e345`.
 */
export const listAlarms = async (client: Sender, call: Call): Promise<ListedAlarm[]> => {
  const what = 'list the alarms of the account';
  return allPages<ListedAlarm>(what, async (NextToken) => {
    const command = new DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      ...defined({ NextToken }),
    });
    const answer = await call(client, command, { what });
    const metric = (answer.MetricAlarms ?? []).map(({ AlarmName = '', Dimensions, Metrics }) => ({
      name: AlarmName,
      kind: 'metric' as const,
      about: JSON.stringify([Dimensions, Metrics]),
    }));
    const composite = (answer.CompositeAlarms ?? []).map(({ AlarmName = '', AlarmRule = '' }) => ({
      name: AlarmName,
      kind: 'composite' as const,
      about: AlarmRule,
    }));
    return { items: [...metric, ...composite], next: answer.NextToken };
  });
};
