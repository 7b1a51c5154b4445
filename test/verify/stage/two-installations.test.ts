import { describe, expect, test } from 'vitest';
import { bothDeploy } from '../../../verify/stage/two-installations.ts';

/** Where two installations deploy one service although docs/deploying.md says never to allow it. */

/** From the same instant to when the second one's plan sees the first one's task set: between any two of its calls. */
const offsets = [0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 1.5, 2];

describe.each([
  ['', false],
  [', behind sticky routes', true],
] as const)('both within seconds%s', (_where, sticky) => {
  test.each(offsets)(
    '%d s apart: one gives way and goes back, the other succeeds; no request is lost',
    async (seconds) => {
      const { ends, causes, ...rest } = await bothDeploy(seconds, { sticky });

      expect([...ends].sort()).toEqual(['FAILED RolledBack', 'SUCCEEDED']);
      expect(causes.join('')).toMatch(
        /^expected no other task set in green's target group, .*made by deploy-[01]-/,
      );
      expect(rest).toEqual({ lost: 0, serves: 1, even: true });
    },
  );
});

describe.each(['RollBack', 'LetTrafficLeave', 'RemoveGreen', 'CheckRemoved'])(
  'the one that gives way is stopped in %s',
  (stoppedAt) => {
    test.each([0, 0.5, 1])(
      '%d s apart: its recovery leaves the routes alone, too, and the other one succeeds',
      async (seconds) => {
        const { causes: _causes, ...rest } = await bothDeploy(seconds, { stoppedAt });

        expect(rest).toEqual({ ends: ['SUCCEEDED', 'ABORTED'], lost: 0, serves: 1, even: true });
      },
    );
  },
);

test.each([4, 15, 60, 300])(
  'the second %d s later is refused, with who made the task set in its way; no request is lost',
  async (seconds) => {
    const { causes, ...rest } = await bothDeploy(seconds);

    expect(rest).toEqual({ ends: ['SUCCEEDED', 'FAILED Refused'], lost: 0, serves: 1, even: true });
    expect(causes[1]).toMatch(/leftover-task-set: .*made by deploy-0-/);
  },
);
