import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ConfigEntry, parseConfig } from '../../../cli/account/config.ts';
import { alarmsFor, configText } from '../../../cli/account/found-service.ts';

const entriesOf = (text: string): ConfigEntry[] => {
  const parsed = parseConfig(parse(text));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.entries;
};

describe('cutover.yaml', () => {
  test('an environment has the service’s fields and its own, which win', () => {
    const [staging, production] = entriesOf(`
services:
  shop:
    strategy: Canary10Percent5Minutes
    keepBlue: 10m
    environments:
      staging: { cluster: staging, region: eu-west-1 }
      production: { cluster: main, service: shop-live, keepBlue: 2h, installation: prod }
`);

    expect(staging).toMatchObject({
      service: 'shop',
      environment: 'staging',
      region: 'eu-west-1',
      installation: 'default',
      fields: { cluster: 'staging', service: 'shop', strategy: 'Canary10Percent5Minutes', keepBlue: '10m' },
    });
    expect(production).toMatchObject({
      region: undefined,
      installation: 'prod',
      fields: { cluster: 'main', service: 'shop-live', keepBlue: '2h' },
    });
  });

  test('an environment’s shifts replace the service’s strategy: both would be a request that is refused', () => {
    const [entry] = entriesOf(`
services:
  shop:
    strategy: AllAtOnce
    environments:
      production: { cluster: main, shifts: [{ greenPct: 5, bake: 10m }, { greenPct: 100 }] }
`);

    expect(entry?.fields.strategy).toBeUndefined();
    expect(entry?.fields.shifts).toHaveLength(2);
  });

  test.each([
    { text: '', path: 'cutover.yaml', expected: 'an object with services' },
    { text: 'services: {}', path: 'services', expected: 'one entry for each service, by name' },
    { text: 'service: {}', path: 'cutover.yaml.service', expected: 'a known field' },
    { text: 'services: { shop: 5 }', path: 'services.shop', expected: 'an object with environments' },
    {
      text: 'services: { shop: { cluster: main } }',
      path: 'services.shop.environments',
      expected: 'one entry for each environment, by name, such as production: { cluster: main }',
    },
    {
      text: 'services: { shop: { environments: { production: main } } }',
      path: 'services.shop.environments.production',
      expected: 'an object with the fields of a request',
    },
    {
      text: 'services: { shop: { environments: { production: {} } } }',
      path: 'services.shop.environments.production.cluster',
      expected: "a cluster's name or ARN",
    },
    {
      text: 'services: { shop: { environments: { production: { cluster: main, keepblue: 1h } } } }',
      path: 'services.shop.environments.production.keepblue',
      expected: 'a known field',
    },
    {
      text: 'services: { shop: { environments: { production: { cluster: main, region: Ireland } } } }',
      path: 'services.shop.environments.production.region',
      expected: 'a Region such as eu-west-1',
    },
  ])('$path: expected $expected', ({ text, path, expected }) => {
    const parsed = parseConfig(parse(text));

    expect(parsed.ok ? [] : parsed.problems).toContainEqual(expect.objectContaining({ path, expected }));
  });

  test('every problem of every environment is named at once', () => {
    const parsed = parseConfig(
      parse('services: { a: { environments: { x: { cluster: 5 }, y: { strategy: Canary } } }, b: {} }'),
    );

    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual([
      'services.a.environments.x.cluster',
      'services.a.environments.y.cluster',
      'services.a.environments.y.strategy',
      'services.b.environments',
    ]);
  });
});

describe('what init writes', () => {
  const found = {
    cluster: 'on',
    service: 'shop',
    region: 'eu-west-1',
    controller: 'EXTERNAL' as const,
    alarms: ['shop: 5xx', 'shop-latency'],
  };

  test('reads back as it was found, also names that YAML takes for something else', () => {
    expect(entriesOf(configText([found, { ...found, cluster: 'main', alarms: [] }]))).toMatchObject([
      {
        service: 'shop',
        environment: 'on',
        region: 'eu-west-1',
        fields: { cluster: 'on', alarms: found.alarms },
      },
      { service: 'shop', environment: 'main', fields: { cluster: 'main', alarms: [] } },
    ]);
  });

  test('a composite stands for the alarms it combines; one that only resembles a name does not', () => {
    const metric = (name: string, about: string) => ({ name, kind: 'metric' as const, about });
    const composite = (name: string, about: string) => ({ name, kind: 'composite' as const, about });

    const alarms = alarmsFor(
      ['targetgroup/shop-blue/1', 'targetgroup/shop-green/2'],
      [
        metric('5xx', '["targetgroup/shop-blue/1"]'),
        metric('slow', '["targetgroup/shop-green/2"]'),
        metric('other', '["targetgroup/other/3"]'),
        composite(
          'users-suffer',
          'ALARM("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:5xx") OR ALARM("other")',
        ),
        composite('unrelated', 'ALARM("not-5xx")'),
      ],
    );

    expect(alarms).toEqual(['slow', 'users-suffer']);
  });
});
