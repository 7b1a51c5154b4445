import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { tooOld } from '../../cli/node-version.mjs';

const CUTOVER = new URL('../../cli/cutover.mjs', import.meta.url).pathname;

describe('the Node that runs Cutover', () => {
  test.each(['18.20.4', '20.19.0', '22.12.0', '23.11.1'])(
    '%s is too old, which is said with what to do',
    (version) => {
      expect(tooOld(version)).toMatch(
        new RegExp(`needs Node 24 or newer, and this is Node ${version}[^]*npm start`),
      );
    },
  );

  test.each(['24.0.0', '24.21.0', '26.1.0', '100.0.0'])('%s is new enough', (version) => {
    expect(tooOld(version)).toBeUndefined();
  });
});

describe('the launcher', () => {
  test('ends with the exit code of the command', () => {
    const { status, stderr } = spawnSync(process.execPath, [CUTOVER, 'rehears'], { encoding: 'utf8' });

    expect(stderr).toContain('did you mean rehearse?');
    expect(status).toBe(1);
  });

  test('a reader that closes the pipe early is no error', () => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${CUTOVER}" rehearse "$0" --json | head -1`,
        new URL('../../examples/shop/request.json', import.meta.url).pathname,
      ],
      { encoding: 'utf8' },
    );

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'preflight' });
    expect(status).toBe(0);
  });
});
