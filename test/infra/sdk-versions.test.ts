import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Lockfile = { packages: Record<string, { version?: string }> };
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const { dependencies = {}, devDependencies = {} } = read('package.json') as Record<
  string,
  Record<string, string>
>;
const clients = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
  name.startsWith('@aws-sdk/client-'),
);

test('all SDK clients have one exact version', () => {
  expect(clients.length).toBeGreaterThan(10);
  expect([...new Set(clients.map(([, version]) => version))]).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
  ]);
});

test.each(['@aws-sdk/core', '@smithy/core'])(
  '%s, which they share, is there once, at the version that is asked for',
  (name) => {
    const { packages } = read('package-lock.json') as Lockfile;
    const copies = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));

    expect(copies.map(([path, { version }]) => [path, version])).toEqual([
      [`node_modules/${name}`, dependencies[name]],
    ]);
  },
);

test('the lockfile has each client once, at the version that package.json asks for', () => {
  const { packages } = read('package-lock.json') as Lockfile;
  const locked = Object.entries(packages).filter(([path]) => /@aws-sdk\/client-[^/]+$/.test(path));

  expect(locked.map(([path, { version }]) => [path, version]).toSorted()).toEqual(
    clients.map(([name, version]) => [`node_modules/${name}`, version]).toSorted(),
  );
});
