import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../cli/account/config.ts';
import { parseRequest } from '../../core/request/request.ts';
import { cutover } from './a-terminal.ts';

const schemaOf = async (which: string) => JSON.parse((await cutover(['schema', which])).out);

const accepts = async (which: string): Promise<(value: unknown) => boolean> => {
  const validate = new Ajv2020({ allErrors: true, unicodeRegExp: true }).compile(await schemaOf(which));
  return (value) => validate(value) === true;
};

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-green/2222222222222222';
const minimal = { cluster: 'main', service: 'shop', taskDefinition: 'shop:8' };

/** Each with what the reader thinks of it, so that a change of the reader that the schema does not follow is seen. */
const additions: { fields: object; right: boolean }[] = [
  { fields: {}, right: true },
  { fields: { strategy: 'AllAtOnce' }, right: true },
  { fields: { strategy: 'CodeDeployDefault.ECSCanary10Percent15Minutes' }, right: true },
  { fields: { strategy: { linear: { percent: 20, every: '10m' } } }, right: true },
  { fields: { strategy: { canary: { percent: 20, every: '10m' } } }, right: false },
  { fields: { strategy: 'Canary' }, right: false },
  { fields: { shifts: [{ greenPct: 5, bake: '10m', approval: true }, { greenPct: 100 }] }, right: true },
  { fields: { shifts: [] }, right: false },
  { fields: { shifts: [{ greenPct: 0, bake: '1m' }, { greenPct: 100 }] }, right: false },
  { fields: { keepBlue: '1h30m' }, right: true },
  { fields: { keepBlue: '' }, right: false },
  { fields: { keepBlue: 300 }, right: false },
  { fields: { alarms: ['shop 5xx', 'Läuft / schlecht'] }, right: true },
  { fields: { alarms: [' shop'] }, right: false },
  {
    fields: { alarms: { names: ['a'], redAtStart: { override: 'why' }, withoutData: 'block' } },
    right: true,
  },
  { fields: { alarms: { names: ['a'], redAtStart: { override: ' ' } } }, right: false },
  { fields: { alarms: { names: ['a'], redAtStart: 'override' } }, right: false },
  { fields: { alarms: ['a', 'a'] }, right: false },
  { fields: { healthyFor: '1m', timeToHealthy: '10m' }, right: true },
  { fields: { greenTargetGroup: GROUP }, right: true },
  { fields: { greenTargetGroup: 'shop-green' }, right: false },
  { fields: { container: { name: 'web', port: 8080 } }, right: true },
  { fields: { container: { name: 'web', port: 0 } }, right: false },
  { fields: { network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } }, right: true },
  { fields: { network: { subnets: ['subnet-1'] } }, right: false },
  { fields: { capacityProviders: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }] }, right: true },
  { fields: { launchType: 'FARGATE', platformVersion: '1.4.0' }, right: true },
  { fields: { launchType: 'LAMBDA' }, right: false },
  { fields: { platformVersion: 'newest' }, right: false },
  { fields: { whenBusy: 'queue', carry: 'deadOnly', startedBy: 'ci' }, right: true },
  { fields: { carry: 'sometimes' }, right: false },
  { fields: { keepblue: '1h' }, right: false },
];

describe('cutover schema', () => {
  test.each(additions)(
    'the schema of a request and the reader agree on $fields',
    async ({ fields, right }) => {
      const request = { ...minimal, ...fields };

      expect(parseRequest(request).ok).toBe(right);
      expect((await accepts('request'))(request)).toBe(right);
    },
  );

  test.each(additions)(
    'the schema of cutover.yaml and the reader agree on $fields',
    async ({ fields, right }) => {
      const config = { services: { shop: { ...fields, environments: { production: { cluster: 'main' } } } } };

      expect(parseConfig(config).ok).toBe(right);
      expect((await accepts('config'))(config)).toBe(right);
    },
  );

  test('cutover.yaml has fields of its own, a file as task definition, and environments without anything', async () => {
    const valid = await accepts('config');
    const shop = { cluster: 'main', taskDefinition: 'task.json', installation: 'other' };

    expect(
      valid({
        services: { shop: { ...shop, environments: { production: null, staging: { region: 'eu-west-1' } } } },
      }),
    ).toBe(true);
    expect(valid({ services: { shop: { ...shop, environments: { staging: { region: 'Ireland' } } } } })).toBe(
      false,
    );
    expect(valid({ services: { shop } })).toBe(false);
    expect(valid({ service: {} })).toBe(false);
  });

  test('every example of the repository is right by the schema', async () => {
    const valid = await accepts('request');
    for (const name of ['shop', 'canary', 'sticky', 'first-deployment']) {
      const text = readFileSync(new URL(`../../examples/${name}/request.json`, import.meta.url), 'utf8');
      expect(valid(JSON.parse(text)), name).toBe(true);
    }
  });

  test('names every field with what it expects', async () => {
    const { properties } = await schemaOf('request');

    expect(properties.cluster.description).toBe("a cluster's name or ARN");
    expect(properties.timeToHealthy.description).toContain('from 1m to 2h');
  });

  test('another document is refused with those there are', async () => {
    expect((await cutover(['schema', 'world'])).err).toContain(
      'schema: expected config or request, found "world"',
    );
  });
});

test('what init writes names the schema in the line that editors read', async () => {
  const { configText } = await import('../../cli/account/found-service.ts');
  const text = configText([
    { cluster: 'main', service: 'shop', region: 'eu-west-1', controller: 'EXTERNAL', alarms: [] },
  ]);

  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=cutover.schema.json');
  expect((await accepts('config'))(parse(text))).toBe(true);
});
