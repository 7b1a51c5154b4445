import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { handlerFiles } from '../../infra/handler-files.ts';
import { bundle } from '../../infra/packaging/bundle.ts';
import { aDirectory } from '../a-directory.ts';

/** What Lambda would load: no source, no node_modules beside it. */
const directory = aDirectory('bundle');
afterAll(() => {
  vi.unstubAllEnvs();
});

describe('the bundles', () => {
  const outDir = join(directory, 'lambda');
  let bundled: { file: string; bytes: number }[] = [];
  beforeAll(async () => {
    bundled = await bundle({ outDir });
  });

  test('are one for each handler, none over 500 kB', () => {
    expect(bundled.map(({ file }) => file)).toEqual(handlerFiles());
    for (const { file, bytes } of bundled) {
      expect(bytes, file).toBeGreaterThan(10_000);
      expect(bytes, file).toBeLessThan(500_000);
    }
  });

  test.each(handlerFiles())('%s stands on its own and exports what is called', async (file) => {
    const loaded = await import(/* @vite-ignore */ pathToFileURL(join(outDir, file, 'index.mjs')).href);

    expect(loaded.handler).toBeTypeOf('function');
    for (const { exported = 'handler' } of eventHandlers.filter((one) => one.file === file))
      expect(loaded[exported]).toBeTypeOf('function');
  });
});

test('a step without a file is named before anything is bundled', async () => {
  const functionsDir = join(directory, 'functions');
  const outDir = join(directory, 'none');

  await expect(bundle({ files: ['shift-traffic'], functionsDir, outDir })).rejects.toThrow(
    /shift-traffic; add the file, or correct the name/,
  );
});

test('credentials come from the environment, as Lambda gives them', async () => {
  const source = join(directory, 'who.ts');
  const client = join(process.cwd(), 'node_modules/@aws-sdk/client-ecs/dist-es/index.js');
  writeFileSync(
    source,
    `import { ECSClient } from '${client}'; export const handler = () => new ECSClient({ region: ` +
      "'eu-west-1' }).config.credentials();",
  );
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');

  const outDir = join(directory, 'credentials');
  await bundle({ files: ['who'], functionsDir: directory, outDir });
  const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(outDir, 'who/index.mjs')).href);

  expect(await handler()).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
});
