import { expect, test } from 'vitest';
import { checkEnd } from '../../../core/safety/convergence.ts';
import type { BareSnapshot } from '../../../core/safety/snapshot.ts';

const BLUE = 'ecs-svc/1';

const world = (scalePercent: number | null): BareSnapshot => ({
  atMs: 0,
  routes: [],
  groups: [],
  taskSets:
    scalePercent === null
      ? []
      : [{ id: BLUE, colour: 'blue', externalId: null, status: 'PRIMARY', scalePercent }],
  leaseHolder: null,
  abortNow: false,
  firstDeployment: false,
  lastWrite: null,
});

const messages = (end: BareSnapshot, others: { scaled?: boolean; deleted?: boolean }): string[] =>
  checkEnd({
    start: world(100),
    end,
    outcome: 'rolledBack',
    leftToOthers: new Set(others.scaled === true ? [BLUE] : []),
    deletedByOthers: new Set(others.deleted === true ? [BLUE] : []),
  }).map(({ message }) => message);

const notAsBefore = expect.stringContaining('blue is not at its full scale');

test.each([
  ['whole', 100, {}, []],
  ['halved by nobody', 50, {}, [notAsBefore]],
  ['halved by somebody else', 50, { scaled: true }, []],
  ['gone, and nobody else deleted it', null, {}, [notAsBefore]],
  ['gone, although somebody else only scaled it', null, { scaled: true }, [notAsBefore]],
  ['deleted by somebody else', null, { scaled: true, deleted: true }, []],
] as const)('rolled back, and blue is %s', (_what, scalePercent, others, problems) => {
  expect(messages(world(scalePercent), others)).toEqual(problems);
});
