import { makeEcsServices } from '../../aws/ecs-service.ts';
import { makeListener } from '../../aws/listener.ts';
import { listAlarms, makeServiceList } from '../../aws/service-list.ts';
import { makeTargets } from '../../aws/targets.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { count } from '../../core/figures.ts';
import type { ObservedService } from '../../core/vocabulary/observed.types.ts';
import { makeAccountCall } from '../account/account.ts';
import { regionOption } from '../account/config.ts';
import { CONFIG_FILE } from '../account/config-file.ts';
import { alarmsFor, configText, type FoundService } from '../account/found-service.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED } from '../exit-codes.ts';
import { exists, writeText } from '../files.ts';
import { hang } from '../render/text.ts';
import { UsageError } from '../usage-error.ts';

/** An account with many services takes a call or two for each. */
const READING_MS = 300 * SECOND_MS;

export const initCommand: Command = {
  name: 'init',
  summary: 'read the account and write a cutover.yaml for its services',
  usage: '[options]',
  exits: [0, 1, 3, 8],
  options: {
    cluster: { type: 'string', value: 'CLUSTER', help: 'only this cluster; default: all' },
    service: { type: 'string', value: 'SERVICE', help: 'only services of this name' },
    config: { type: 'string', value: 'FILE', help: `where to; default: ${CONFIG_FILE}` },
    region: { type: 'string', value: 'REGION', help: 'default: as for the AWS CLI' },
    force: { type: 'boolean', help: 'write over a file that is there' },
    print: { type: 'boolean', help: 'print it instead of writing a file' },
  },
  examples: [
    { line: 'cutover init', description: 'every service with the EXTERNAL controller' },
    { line: 'cutover init --cluster production --service shop --print', description: 'read first' },
  ],
  run: async (args, terminal, host) => {
    const path = args.text('config') ?? CONFIG_FILE;
    if (exists(path) && !args.flag('force') && !args.flag('print')) {
      throw new UsageError(`${path} is there already`, {
        hint: '--force writes over it, --print shows what would be written',
      });
    }
    const clients = host.clients(regionOption(args));
    const call = makeAccountCall(host, READING_MS);
    const list = makeServiceList(clients.ecs, call);
    const services = makeEcsServices(clients.ecs, call);
    const given = args.text('cluster');
    const clusters = given === undefined ? await list.clusters() : [given];
    const wanted = args.text('service');

    const found: FoundService[] = [];
    const others: ObservedService[] = [];
    for (const cluster of clusters) {
      const names = await list.services(cluster);
      for (const arn of names.filter((one) => wanted === undefined || nameOf(one) === wanted)) {
        const service = await services.read(cluster, arn);
        if (service.controller !== 'EXTERNAL') others.push(service);
        else found.push(await describe(service, { call, clients }));
      }
    }
    for (const { name, cluster, controller } of others) {
      const warning =
        `${cluster}/${name} is left out: its deployment controller is ${controller}. docs/moving.md ` +
        'shows how to move it';
      terminal.err(`${hang(warning, 2, terminal.width)}\n`);
    }
    if (found.length === 0) {
      terminal.err('no service with the EXTERNAL deployment controller was found; nothing was written\n');
      return EXIT_REFUSED;
    }
    const text = configText(found);
    if (args.flag('print')) terminal.out(text);
    else {
      writeText(path, text, args.flag('force'));
      const [first] = found;
      const next = `cutover preflight ${first?.service} --env ${first?.cluster}`;
      terminal.out(`wrote ${path} with ${count(found.length, 'service')}; read it, then: ${next}\n`);
      terminal.out('for an editor that completes it: cutover schema config > cutover.schema.json\n');
    }
    return EXIT_OK;
  },
};

type Reading = {
  call: ReturnType<typeof makeAccountCall>;
  clients: ReturnType<Parameters<Command['run']>[2]['clients']>;
};

const describe = async (service: ObservedService, { call, clients }: Reading): Promise<FoundService> => {
  const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
  const groups = await groupsAround(primary?.targetGroupArn, { call, clients });
  const dimensions = groups.map((arn) => arn.split(':').at(-1) ?? arn);
  const alarms = groups.length === 0 ? [] : alarmsFor(dimensions, await listAlarms(clients.cloudWatch, call));
  return {
    cluster: service.cluster,
    service: service.name,
    region: service.serviceArn.split(':')[3] ?? '',
    controller: service.controller,
    alarms,
  };
};

/** Blue's group and those beside it in its routes: either may be the one that serves after the next deployment. */
const groupsAround = async (blue: string | undefined, { call, clients }: Reading): Promise<string[]> => {
  if (blue === undefined) return [];
  const [group] = await makeTargets(clients.elbv2, call).readGroups([blue]);
  const routes = await makeListener(clients.elbv2, call).findRoutes(group?.loadBalancerArns ?? [], [blue]);
  const beside = routes.flatMap(({ original }) =>
    original.groups.map(({ targetGroupArn }) => targetGroupArn),
  );
  return [...new Set([blue, ...beside])];
};
