import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Lockfile = { packages: Record<string, { version?: string }> };
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/**
 * AWS publishes each client with its own releases. This one has no 3.1141.0: the registry's last was 3.1137.0 when the
 * others were taken. It goes from here with the next version that all of them have.
 */
const BEHIND = '@aws-sdk/client-cloudtrail';

const { dependencies = {}, devDependencies = {} } = read('package.json') as Record<
  string,
  Record<string, string>
>;
const clients = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
  name.startsWith('@aws-sdk/client-'),
);
const versionsOf = (list: typeof clients): string[] => [...new Set(list.map(([, version]) => version))];

test('all SDK clients have one exact version, but the one that was not published at it', () => {
  const together = versionsOf(clients.filter(([name]) => name !== BEHIND));

  expect(clients.length).toBeGreaterThan(10);
  expect(together).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  expect(versionsOf(clients.filter(([name]) => name === BEHIND))).toEqual(['3.1137.0']);
  // Once it is published with the others it is no exception.
  expect(together).not.toContain('3.1137.0');
});

test('the lockfile has each client once, at the version that package.json asks for', () => {
  const { packages } = read('package-lock.json') as Lockfile;
  const locked = Object.entries(packages).filter(([path]) => /@aws-sdk\/client-[^/]+$/.test(path));

  expect(locked.map(([path, { version }]) => [path, version]).toSorted()).toEqual(
    clients.map(([name, version]) => [`node_modules/${name}`, version]).toSorted(),
  );
});
