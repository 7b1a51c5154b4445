import type { Scaled } from './autoscaling/policies.ts';
import type { makeCloudWatch } from './cloudwatch/cloudwatch.ts';
import type { SimEcs } from './ecs/ecs.ts';
import type { SimElbv2 } from './elbv2/elbv2.ts';
import type { SimTraffic } from './traffic/traffic.ts';

type Parts = {
  ecs: SimEcs;
  elbv2: SimElbv2;
  traffic: SimTraffic;
  cloudWatch: Pick<ReturnType<typeof makeCloudWatch>, 'states' | 'calling'>;
};

const lastPart = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? '';

/** What Application Auto Scaling sees of the services, by `service/CLUSTER/SERVICE`. */
export const scaledServices = ({ ecs, elbv2, traffic, cloudWatch }: Parts) => ({
  find: (resourceId: string): Scaled | undefined => {
    const service = ecs
      .services()
      .find(({ clusterArn, name }) => resourceId === `service/${lastPart(clusterArn)}/${name}`);
    if (service === undefined) return undefined;
    const serviceArn = service.arn;
    const groups = (): string[] => [...new Set(ecs.runs(serviceArn).targetGroupArns)];
    const named = (targetGroup: string): string | undefined =>
      elbv2.dataPlane.groupArns().find((arn) => arn.endsWith(`:${targetGroup}`));
    return {
      desiredCount: () => ecs.desiredCountOf(serviceArn),
      setDesiredCount: (count) => ecs.setDesiredCount(serviceArn, count),
      running: () => ecs.runs(serviceArn).running,
      requestsIn: (minuteStartMs, targetGroup) =>
        (targetGroup === undefined ? groups() : [named(targetGroup) ?? '']).reduce(
          (sum, arn) => sum + (traffic.minute(arn, minuteStartMs)?.requestCount ?? 0),
          0,
        ),
      healthy: (targetGroup) => {
        const arn = named(targetGroup);
        return arn === undefined ? 0 : elbv2.registry.counts(arn).healthy;
      },
      alarmsCalling: cloudWatch.calling,
      isRed: (alarmName) => cloudWatch.states()[alarmName] === 'ALARM',
    };
  },
});
