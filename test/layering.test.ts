import { describe, expect, test } from 'vitest';
import { ROOMS, type SourceFile, type SourceImport, sourceFiles } from './source-files.ts';

/** What a folder may import of our own folders, and of packages. Imports point inward. */
type Layer = {
  own: string[];
  /** Folders of which only types may be imported. */
  types?: string[];
  packages: RegExp;
};

const SDK = /^@aws-sdk\/client-/;

const layers: Record<string, Layer> = {
  core: { own: ['core'], packages: /^$/ },
  statemachine: { own: ['statemachine', 'core'], packages: /^$/ },
  aws: { own: ['aws', 'core'], packages: /^@(aws-sdk\/client-|smithy\/core)/ },
  functions: {
    own: ['functions', 'aws', 'core', 'statemachine'],
    packages: /^(node:|@aws-sdk\/client-|@middy\/core$|aws-lambda$)/,
  },
  infra: {
    own: ['infra', 'statemachine', 'core'],
    packages:
      /^(node:|aws-cdk-lib|constructs$|cdk-nag|esbuild$|fflate$|undici\/lib\/|@aws-sdk\/credential-provider-env$)/,
  },
  rehearsal: {
    own: ['rehearsal', 'sim', 'functions', 'aws', 'statemachine', 'core'],
    packages: /^(node:|@aws-sdk\/client-)/,
  },
  report: {
    own: ['report', 'statemachine', 'core'],
    types: ['rehearsal', 'sim', 'aws'],
    packages: /^(node:|d3-(scale|shape)$)/,
  },
  local: {
    own: ['local', 'rehearsal', 'sim', 'functions', 'aws', 'statemachine', 'core'],
    packages:
      /^(node:|undici$|aws-lambda$|@aws\/lambda-invoke-store$|@aws-sdk\/(client-|core\/protocols$)|@smithy\/core\/)/,
  },
  cli: {
    own: ['cli', 'report', 'local', 'rehearsal', 'sim', 'functions', 'aws', 'statemachine', 'core'],
    packages: /^(node:|yaml$|string-width$)/,
  },
  verify: {
    own: ['verify', 'cli', 'local', 'rehearsal', 'sim', 'functions', 'aws', 'statemachine', 'core'],
    packages: /^(node:|@aws-sdk\/client-|@smithy\/core\/cbor$)/,
  },
};

/** The simulated services know the SDK's types and nothing of the code under simulation but the seam it meets. */
const simulatedServices: Layer = {
  own: ['sim', 'core'],
  types: ['aws', 'statemachine'],
  packages: /^(@aws-sdk\/client-|node:async_hooks$)/,
};

/** The files beside them put the production code into that world. */
const simulatorHost: Layer = {
  own: ['sim', 'core', 'aws', 'functions', 'statemachine'],
  packages: /^(node:|@aws-sdk\/client-|@smithy\/core\/schema$|aws-lambda$|yaml$|zod\/mini$)/,
};

/** The rooms of core/ from the ground up: each may import those before it. Files at core's root are below them all. */
const coreRooms = [
  'vocabulary',
  'scaling',
  'capacity',
  'weights',
  'operator',
  'hooks',
  'health',
  'verdict',
  'safety',
  'ending',
  'estimate',
  'request',
  'plan',
  'deployment',
  'native',
  'history',
  'adoption',
];

const SERVICE_FOLDERS =
  /^sim\/(kernel|autoscaling|ecs|elbv2|traffic|cloudwatch|stepfunctions|dynamodb|eventbridge)\//;
const layerOf = (path: string): Layer => {
  if (path.startsWith('sim/')) return SERVICE_FOLDERS.test(path) ? simulatedServices : simulatorHost;
  return layers[path.split('/')[0] as string] as Layer;
};

/** Pure, and shared so that the simulator's timeline calls a route what the deployment calls it. */
const SHARED = ['aws/route-label.ts'];

const allowed = (layer: Layer, { own, target, typeOnly }: SourceImport): boolean => {
  if (!own) return layer.packages.test(target);
  const folder = target.split('/')[0] as string;
  if (SHARED.includes(target)) return true;
  return layer.own.includes(folder) || (typeOnly && layer.types?.includes(folder) === true);
};

const files = Object.fromEntries(ROOMS.map((folder) => [folder, sourceFiles(folder)]));

/** `file: what` for each place in the code that matches. */
const places = (among: SourceFile[], pattern: RegExp): string[] =>
  among.flatMap(({ path, code }) => [...code.matchAll(pattern)].map(([what]) => `${path}: ${what}`));

const all = (...names: string[]): SourceFile[] => names.flatMap((name) => files[name] ?? []);

describe('imports point inward', () => {
  test.each(ROOMS)('from %s', (folder) => {
    const strangers = (files[folder] ?? []).flatMap(({ path, imports }) =>
      imports.filter((one) => !allowed(layerOf(path), one)).map(({ target }) => `${path} imports ${target}`),
    );

    expect(files[folder]?.length).toBeGreaterThan(0);
    expect(strangers).toEqual([]);
  });
});

test('the rooms of core/ stand on each other in one order', () => {
  const floorOf = (path: string): number => {
    const parts = path.split('/');
    return parts.length === 2 ? -1 : coreRooms.indexOf(parts[1] as string);
  };
  const rooms = new Set(
    (files.core ?? [])
      .map(({ path }) => path.split('/'))
      .flatMap((parts) => (parts.length > 2 ? [parts[1]] : [])),
  );
  const climbs = (files.core ?? []).flatMap(({ path, imports }) =>
    imports
      .filter(({ own, target }) => own && floorOf(target) > floorOf(path))
      .map(({ target }) => `${path} imports ${target}`),
  );

  expect([...rooms].sort()).toEqual([...coreRooms].sort());
  expect(climbs).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const importsOf = new Map(
    all(...ROOMS).map(({ path, imports }) => [
      path,
      imports.filter(({ own }) => own).map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) circles.push([...way.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of importsOf.keys()) visit(path, []);

  expect(circles).toEqual([]);
});

test('core decides on what it is given: no clock, chance, environment or output of its own', () => {
  const ambient =
    /\b(Date\b|Math\.random|performance\.|process\.|console\.\w+\(|setTimeout|setInterval|setImmediate|fetch\(|crypto\.)/g;

  expect(places(all('core', 'statemachine'), ambient)).toEqual([]);
});

test('the simulator and the rehearsal take time and chance only from the kernel', () => {
  const ambient =
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.hrtime|setTimeout|setInterval|randomUUID|randomBytes)/g;

  expect(places(all('sim', 'rehearsal'), ambient)).toEqual([]);
});

test('the programs that prove may measure how long they take, and take nothing else from outside', () => {
  const ambient =
    /\b(Date\.now|new Date\(\)|Math\.random|process\.hrtime|setTimeout|setInterval|randomUUID|randomBytes)/g;

  expect(places(all('verify'), ambient)).toEqual([]);
});

test("real time enters the workflow's code in one place, and so does chance", () => {
  const ambient =
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout\(|setInterval\(|randomUUID)/g;

  const users = new Set(places(all('aws', 'functions'), ambient).map((place) => place.split(':')[0]));
  expect([...users]).toEqual(['functions/lambda-host.ts']);
});

test('only aws/ makes commands, so that every call is classified and retried the same way', () => {
  const commands = /\bnew [A-Z]\w+Command\(/g;

  // Somebody else's hand in ECS and in what scales it is no call of ours.
  const others = all(...ROOMS.filter((folder) => !['aws', 'verify'].includes(folder))).filter(
    ({ path }) => !/^rehearsal\/faults\/foreign-(task-sets|scaling)\.ts$/.test(path),
  );
  expect(places(others, commands)).toEqual([]);
  expect(places(all('aws'), commands).length).toBeGreaterThan(10);
});

test('real SDK clients are made in two places: for the Lambdas, and for the command line', () => {
  const clients =
    /\b(ECS|ElasticLoadBalancingV2|CloudWatch|DynamoDB|EventBridge|SFN|SSM|STS|Lambda)Client\(/g;

  const makers = new Set(places(all(...ROOMS), clients).map((place) => place.split(':')[0]));
  expect([...makers].sort()).toEqual(['aws/clients.ts', 'functions/deps.ts']);
});

test('the SDK stays out of the decisions: no type of it in core, statemachine or the steps', () => {
  const users = all('core', 'statemachine', 'functions')
    .filter(({ imports }) => imports.some(({ target }) => SDK.test(target)))
    .map(({ path }) => path);

  expect(users).toEqual(['functions/deps.ts']);
});

test('no folder has files whose name says nothing', () => {
  const vague = all(...ROOMS)
    .map(({ path }) => path)
    .filter((path) => /(^|[/-])(utils?|helpers?|manager|common|misc)[.-]/.test(path));

  expect(vague).toEqual([]);
});

test('the parser of imports sees what there is to see', () => {
  const deps = (files.functions ?? []).find(({ path }) => path === 'functions/deps.ts');

  expect(deps?.imports).toContainEqual({
    target: '@aws-sdk/client-ecs',
    own: false,
    typeOnly: false,
    names: ['ECSClient'],
  });
  expect(deps?.imports).toContainEqual({
    target: 'aws/listener.ts',
    own: true,
    typeOnly: false,
    names: ['makeListener'],
  });
  expect(deps?.imports).toContainEqual({ target: 'aws/call.ts', own: true, typeOnly: true, names: ['Call'] });
});
