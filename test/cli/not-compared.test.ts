import { beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { planned } from '../../statemachine/sentences.ts';
import { aPlan } from '../core/a-deployment.ts';
import { worldOf } from '../rehearsal/a-rehearsal.ts';
import { behindNetworkBalancer } from '../rehearsal/worlds/behind-network-balancer.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

/** Where nothing can be compared, everything that shows the deployment says so, with the reason. */

const SHOP = 'production/shop';
const request = {
  cluster: 'production',
  service: 'shop',
  taskDefinition: 'shop:42',
  alarms: [],
  shifts: [
    { greenPct: 10, bake: '10m' },
    { greenPct: 100, bake: '5m' },
  ],
};
const WHY = 'a network load balancer has no errors and response times by target group';

describe('behind a network load balancer', () => {
  const shown: Record<string, string> = {};

  beforeAll(async () => {
    const account = await aSimulatedAccount({ world: behindNetworkBalancer(worldOf('shop')) });
    const deploy = [SHOP, '-t', 'shop:42', '--strategy', 'Canary10Percent15Minutes'];
    shown.plan = (await account.cutover(['deploy', ...deploy, '--dry-run'], { width: 200 })).out;
    account.orchestrator.stepFunctions.startExecution({ name: 'shop-42', input: request });
    const weight = () => account.world.elbv2.routes()[0]?.groups.map((group) => group.weight);
    await account.until(() => weight()?.includes(10) === true);
    await account.pass(3 * MINUTE_MS);
    shown.status = (await account.cutover(['status', SHOP], { width: 200 })).out;
    shown.json = (await account.cutover(['status', SHOP, '--json'])).out;
    shown.report = (await account.cutover(['report', SHOP, '--markdown'])).out;
    const watching = account.type(['watch', SHOP]);
    await account.until(watching.ended);
    shown.watch = watching.run.out.replace(/\s+/g, ' ');
  });

  test.each(['plan', 'status', 'json', 'report', 'watch'])('%s says it', (where) => {
    expect(shown[where]).toContain(WHY);
    expect(shown[where]).not.toContain('switched off');
  });
});

test('what a rehearsal and a log say of the plan has it, and nothing where green is compared', () => {
  expect(planned(aPlan({ loadBalancerKind: 'network' })).why).toContain(`not compared: ${WHY}`);
  expect(planned(aPlan()).why).not.toContain('not compared');
});
