import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { handlerFiles } from '../../infra/handler-files.ts';
import { packageForCloudFormation } from '../../infra/packaging/package-cfn.ts';
import { zip } from '../../infra/packaging/zip.ts';
import { aDirectory } from '../a-directory.ts';

const directory = aDirectory('packaged');

type Joined = { 'Fn::Join': [string, [unknown, string]] };

type Template = {
  Parameters: Record<string, unknown>;
  Rules?: unknown;
  Resources: Record<string, { Type: string; Properties: { Code?: unknown } }>;
};

describe('the package for people without the CDK', () => {
  let template: Template;
  beforeAll(async () => {
    await packageForCloudFormation(directory);
    template = JSON.parse(readFileSync(join(directory, 'Cutover.template.json'), 'utf8'));
  });

  const keys = (): string[] =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => (Properties.Code as { S3Key: Joined }).S3Key['Fn::Join'][1][1]);

  test('has a zip for each Lambda’s code under the name that the template asks for, and no other', () => {
    const zips = readdirSync(directory).filter((name) => name.endsWith('.zip'));

    expect([...new Set(keys())].toSorted()).toEqual(zips.toSorted());
    expect(zips).toHaveLength(handlerFiles().length);
  });

  test('takes bucket and prefix as parameters, and asks for no CDK bootstrap', () => {
    expect(Object.keys(template.Parameters).toSorted()).toEqual([
      'AssetBucket',
      'AssetPrefix',
      'ClusterArns',
      'HookFunctionArns',
      'HookTaskDefinitionArns',
      'InstallationName',
      'ListenerArns',
      'NameWriters',
      'ServiceArns',
      'TaskDefinitionArns',
      'TaskRoleArns',
    ]);
    expect(template.Rules).toBeUndefined();
  });
});

test('a zip gives back its files, readable for everybody', () => {
  const content = Buffer.from('export const handler = async () => {};\n'.repeat(20));

  const archive = zip({ 'index.mjs': content, 'grüße.txt': Buffer.from('hello') });

  const files = unpack(archive);
  expect(files.get('index.mjs')).toEqual({ content, permissions: 0o100644 });
  expect(files.get('grüße.txt')?.content.toString()).toBe('hello');
});

test('a zip of the same content is the same bytes tomorrow, so that a repeated build changes no Lambda', () => {
  const entries = { 'index.mjs': Buffer.from('same') };
  vi.useFakeTimers({ now: new Date('2026-01-01') });
  const today = zip(entries);

  vi.setSystemTime(new Date('2027-02-03'));
  const later = zip(entries);
  vi.useRealTimers();

  expect(later.equals(today)).toBe(true);
});

/** Reads a zip from its end, as unzip does. */
const unpack = (archive: Buffer): Map<string, { content: Buffer; permissions: number }> => {
  const end = archive.length - 22;
  const files = new Map<string, { content: Buffer; permissions: number }>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const header = archive.readUInt32LE(at + 42);
    const data = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const compressed = archive.subarray(data, data + archive.readUInt32LE(at + 20));
    files.set(name, { content: inflateRawSync(compressed), permissions: archive.readUInt16LE(at + 40) });
    at += 46 + nameLength;
  }
  return files;
};
