import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { preflightWorld } from '../../cli/rehearsal/preflight-world.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { SampleServiceProps } from '../../infra/sample-service/sample-service.types.ts';
import { SampleStack } from '../../infra/sample-service/sample-stack.ts';
import { rehearse } from '../../rehearsal/rehearse.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { aDirectory } from '../a-directory.ts';
import { sampleWorld } from './sample-world.ts';
import { anApp } from './synthesised.ts';

/** A service that is set up as the guides teach: preflight has nothing, or next to nothing, against it. */

const variants: [string, SampleServiceProps, string[]][] = [
  ['Fargate', {}, []],
  ['EC2', { launchType: 'EC2' }, []],
  ['network load balancer', { balancer: 'network', internetFacing: false }, ['network-load-balancer']],
];

const worldOf = (name: string, files: Record<string, unknown>) => {
  const path = join(aDirectory('sample'), `${name.replaceAll(' ', '-')}.json`);
  // Nobody uses what is not there yet; their 503s would be an alarm's business.
  writeFileSync(path, JSON.stringify({ ...files, traffic: { requestsPerSecond: 0 } }));
  const loaded = loadWorld(path);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.seed;
};
const requestOf = (input: unknown) => {
  const parsed = parseRequest(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

describe.each(variants)('the sample service on %s', (name, props, expected) => {
  const stack = new SampleStack(anApp(), 'Sample', props);
  const { files, firstDeployment } = sampleWorld(Template.fromStack(stack));

  test('is deployed for the first time without a finding of its making', async () => {
    const world = worldOf(name, files);

    const { findings } = await preflightWorld(world, requestOf(firstDeployment));
    const { outcome, reason } = await rehearse({
      request: firstDeployment,
      world,
      version: 'healthy',
      inject: [],
      seed: 1,
    });

    expect(findings.map(({ id }) => id)).toEqual(expected);
    expect({ outcome, reason }).toMatchObject({ outcome: 'succeeded' });
  });
});

test('and would say so if its tasks did not let the load balancer in', async () => {
  const stack = new SampleStack(anApp(), 'Sample', {});
  const { files, firstDeployment } = sampleWorld(Template.fromStack(stack));
  const { SecurityGroups } = files['describe-security-groups'] as { SecurityGroups: object[] };
  const shut = { SecurityGroups: SecurityGroups.map((group) => ({ ...group, IpPermissions: [] })) };

  const { findings, unseen } = await preflightWorld(
    worldOf('shut', { ...files, 'describe-security-groups': shut }),
    requestOf(firstDeployment),
  );

  expect(findings.map(({ id }) => id)).toEqual(['security-group-shuts-out-load-balancer']);
  expect(unseen).toEqual(['security-group-shuts-out-load-balancer']);
});
