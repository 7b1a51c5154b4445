import { nameOf } from '../../core/deployment/service-key.ts';
import type { LocalWorld } from '../../local/local-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import type { Paint } from '../render/paint.ts';

/** `shop HTTPS:443` and its address here, one row a listener. */
const listenerRows = ({ listeners }: LocalWorld, { loadBalancers }: WorldSeed): [string, string][] =>
  listeners.map(({ listener, port }) => {
    const balancer = loadBalancers.find(
      ({ LoadBalancerArn }) => LoadBalancerArn === listener.LoadBalancerArn,
    );
    const name = balancer?.LoadBalancerName ?? 'load balancer';
    return [`${name} ${listener.Protocol}:${listener.Port}`, `http://127.0.0.1:${port}`];
  });

/** Lines to paste into another terminal. */
const tryLines = (local: LocalWorld, world: WorldSeed): string[] => {
  const external = world.services.find(
    ({ deploymentController }) => deploymentController?.type === 'EXTERNAL',
  );
  // What Cutover cannot deploy yet it can take over.
  const [command, service] =
    external === undefined ? ['adopt', world.services[0]] : (['status', external] as const);
  const [cluster, name] = [nameOf(service?.clusterArn ?? ''), service?.serviceName ?? ''];
  const first = local.listeners[0];
  return [
    `export AWS_ENDPOINT_URL=${local.endpoint} AWS_REGION=${world.region} ` +
      `AWS_DEFAULT_REGION=${world.region} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any`,
    `aws ecs describe-services --cluster ${cluster} --services ${name}`,
    ...(first === undefined ? [] : [`curl http://127.0.0.1:${first.port}/`]),
    `npx cutover ${command} ${cluster}/${name}`,
    'npx cutover local logs --follow',
  ];
};

/** What a person needs to know of a world that has started. */
export const worldText = (local: LocalWorld, world: WorldSeed, speed: number, paint: Paint): string => {
  const rows = [['AWS endpoint', local.endpoint], ...listenerRows(local, world)] as [string, string][];
  const services = world.services.map(({ serviceName }) => serviceName).join(', ');
  const width = Math.max(...rows.map(([name]) => name.length));
  const pace = speed === 1 ? '' : `, ${speed} seconds of it in one of ours`;
  return [
    '',
    `  ${paint('bold', `the world of ${services} is up`)}${pace}`,
    '',
    ...rows.map(([name, address]) => `  ${name.padEnd(width)}  ${paint('cyan', address)}`),
    '',
    `  ${paint('dim', 'in another terminal:')}`,
    ...tryLines(local, world).map((line) => `  ${line}`),
    '',
    `  ${paint('dim', 'Ctrl-C ends it, and everything that it runs')}`,
    '',
    '',
  ].join('\n');
};
