import { describe, expect, test } from 'vitest';
import { run } from './a-rehearsal.ts';

const IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:1.42.0';

describe('why green failed, in the words a person needs', () => {
  test.each([1, 2, 3])('a crash names container, exit code and image (seed %i)', async (seed) => {
    const { report } = await run({ version: 'crash-loop:137@8s', seed });

    expect(report.reason).toMatch(/container web exited with code 137/);
    expect(report.reason).toContain(IMAGE);
  });

  test.each([1, 2, 3])(
    'an image that cannot be pulled names the image and the puller (seed %i)',
    async (seed) => {
      const { report } = await run({ version: 'no-image', seed });

      expect(report.reason).toContain('CannotPullContainerError');
      expect(report.reason).toContain(IMAGE);
    },
  );

  test.each([1, 2, 3])(
    'a failing health check names the reason code and the HTTP status (seed %i)',
    async (seed) => {
      const { report } = await run({ version: 'never-healthy:404', seed });

      expect(report.reason).toContain('Target.ResponseCodeMismatch');
      expect(report.reason).toContain('[404]');
      expect(report.reason).toContain(IMAGE);
    },
  );

  test('a version too slow for its time to healthy says how far it came', async () => {
    const { report } = await run({ version: 'slow-start:4m', request: { timeToHealthy: '2m' } });

    expect(report.outcome).toBe('rolledBack');
    expect(report.reason).toMatch(/green was not healthy within 2m of its launch: 0 of 4 targets healthy/);
  });
});
