import type { WorldSeed } from '../../../sim/parts.types.ts';
import { changed, renamed } from './changed.ts';

/** The service behind a Network Load Balancer: one TCP listener, TCP health checks, no metrics of HTTP to alarm on. */
export const behindNetworkBalancer = (world: WorldSeed): WorldSeed =>
  changed(
    renamed(
      renamed(renamed(world, 'listener/app/', 'listener/net/'), 'listener-rule/app/', 'listener-rule/net/'),
      'loadbalancer/app/',
      'loadbalancer/net/',
    ),
    (copy) => {
      for (const balancer of copy.loadBalancers) balancer.Type = 'network';
      copy.listeners = copy.listeners.filter(({ Port }) => Port === 443);
      for (const listener of copy.listeners) {
        listener.Protocol = 'TCP';
        delete listener.Certificates;
        delete listener.SslPolicy;
      }
      copy.rules = [];
      for (const group of copy.targetGroups) {
        group.Protocol = 'TCP';
        group.HealthCheckProtocol = 'TCP';
        delete group.ProtocolVersion;
        delete group.HealthCheckPath;
        delete group.Matcher;
      }
      copy.metricAlarms = [];
      copy.compositeAlarms = [];
      copy.traffic = { requestsPerSecond: copy.traffic.requestsPerSecond };
    },
  );
