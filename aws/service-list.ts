import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListClustersCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';

/** What `cutover init` looks through. */
export type ServiceList = {
  clusters(): Promise<string[]>;
  services(clusterArn: string): Promise<string[]>;
};

export const makeServiceList = (client: Sender, call: Call): ServiceList => ({
  clusters: () =>
    allPages('list the clusters', async (nextToken) => {
      const command = new ListClustersCommand(nextToken === undefined ? {} : { nextToken });
      const answer = await call(client, command, { what: 'list the clusters' });
      return { items: answer.clusterArns, next: answer.nextToken };
    }),
  services: (clusterArn) => {
    const what = `list the services of cluster ${clusterArn}`;
    return allPages(what, async (nextToken) => {
      const command = new ListServicesCommand({
        cluster: clusterArn,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const answer = await call(client, command, { what });
      return { items: answer.serviceArns, next: answer.nextToken };
    });
  },
});

/**
 * Names of the composite alarms and of the metric alarms that watch one of the target groups, by the dimension they share:
 * `targetgroup/shop-blue/2f6a1c8d90b7e345`.
 */
export const alarmsAbout = async (client: Sender, call: Call, dimensions: string[]): Promise<string[]> => {
  const what = 'list the alarms of the account';
  return allPages(what, async (NextToken) => {
    const command = new DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    const answer = await call(client, command, { what });
    const about = (answer.MetricAlarms ?? []).filter((alarm) => {
      const text = JSON.stringify([alarm.Dimensions, alarm.Metrics]);
      return dimensions.some((dimension) => text.includes(dimension));
    });
    return { items: about.flatMap(({ AlarmName }) => AlarmName ?? []), next: answer.NextToken };
  });
};
