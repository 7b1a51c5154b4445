import { describe, expect, test } from 'vitest';
import type { ConfigEntry } from '../../../cli/account/config.ts';
import { resolveTarget, type Wanted } from '../../../cli/account/target.ts';

const entry = (service: string, environment: string, cluster: string): ConfigEntry => ({
  service,
  environment,
  region: 'eu-west-1',
  installation: 'default',
  fields: { cluster, service, alarms: [`${service}-5xx`] },
});

const entries = [
  entry('shop', 'staging', 'test'),
  entry('shop', 'production', 'main'),
  entry('cart', 'production', 'main'),
];

describe('which service is meant', () => {
  test.each<{ wanted: Wanted; cluster: string; service: string; words: string }>([
    {
      wanted: { positional: 'shop', env: 'production' },
      cluster: 'main',
      service: 'shop',
      words: 'shop --env production',
    },
    { wanted: { positional: 'cart' }, cluster: 'main', service: 'cart', words: 'cart --env production' },
    { wanted: { positional: 'main/shop' }, cluster: 'main', service: 'shop', words: 'main/shop' },
    { wanted: { cluster: 'main', service: 'shop' }, cluster: 'main', service: 'shop', words: 'main/shop' },
    {
      wanted: { positional: 'main/shop', region: 'us-east-1', installation: 'two' },
      cluster: 'main',
      service: 'shop',
      words: 'main/shop --region us-east-1 --installation two',
    },
  ])('$wanted', ({ wanted, cluster, service, words }) => {
    expect(resolveTarget(wanted, entries)).toMatchObject({ cluster, service, words });
  });

  test('named by cluster and service, it still has what cutover.yaml says about it', () => {
    expect(resolveTarget({ positional: 'main/shop' }, entries).fields).toEqual({ alarms: ['shop-5xx'] });
    expect(resolveTarget({ positional: 'main/new' }, entries).fields).toEqual({});
  });

  test('an ARN brings its Region', () => {
    const positional = 'arn:aws:ecs:eu-north-1:111122223333:service/main/shop';

    expect(resolveTarget({ positional }, null)).toMatchObject({
      cluster: 'main',
      service: 'shop',
      region: 'eu-north-1',
    });
  });

  test.each<{ wanted: Wanted; known: ConfigEntry[] | null; message: string }>([
    { wanted: {}, known: null, message: 'found none and no cutover.yaml here' },
    { wanted: { positional: 'shop' }, known: null, message: 'found shop and no cutover.yaml here' },
    { wanted: {}, known: entries, message: 'expected one service of cutover.yaml (shop, cart), found none' },
    { wanted: { positional: 'shoop' }, known: entries, message: 'found "shoop"; did you mean shop?' },
    {
      wanted: { positional: 'shop' },
      known: entries,
      message: 'expected one environment of cutover.yaml (staging, production), found none',
    },
    {
      wanted: { positional: 'shop', env: 'prodution' },
      known: entries,
      message: 'did you mean --env production?',
    },
    { wanted: { cluster: 'main' }, known: entries, message: 'expected --cluster and --service together' },
    { wanted: { positional: 'a/b/c' }, known: null, message: 'expected CLUSTER/SERVICE, found a/b/c' },
    { wanted: { positional: '/b' }, known: null, message: 'expected CLUSTER/SERVICE, found /b' },
  ])('$wanted is refused: $message', ({ wanted, known, message }) => {
    expect(() => resolveTarget(wanted, known)).toThrow(message);
  });
});
