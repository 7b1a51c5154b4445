import { expect, test } from 'vitest';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import { aRequest, NEW_REVISION } from '../../an-observation.ts';
import { seen, theSurroundings, wellSurrounded } from './cases-around-the-service.ts';

const refused = (taskDefinitions: string[]): string[] =>
  preflight(
    wellSurrounded({
      surroundings: theSurroundings({ allowedHooks: seen({ functions: [], taskDefinitions }) }),
    }),
    aRequest({
      hooks: [
        { name: 'migrate', stages: ['PRE_SCALE_UP'], task: { taskDefinition: 'green' } },
        { name: 'agreed', stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], approval: true },
      ],
    }),
  )
    .filter(({ id }) => id === 'hook-not-allowed')
    .map(({ message }) => message);

test.each([
  ['the revision itself', NEW_REVISION],
  ['any of its family', NEW_REVISION.replace(/\d+$/, '*')],
  ['one character for another', NEW_REVISION.replace(/\d$/, '?')],
  ['anything', '*'],
])('a task of green may run where the installation allows %s', (_what, pattern) => {
  expect(refused(['arn:aws:ecs:eu-west-1:111122223333:task-definition/other:1', pattern])).toEqual([]);
});

test.each([
  ['another family', 'arn:aws:ecs:eu-west-1:111122223333:task-definition/other:*'],
  ['a part of its ARN alone', NEW_REVISION.slice(0, -1)],
  ['a dot, which stands for itself', NEW_REVISION.replace('task', 't.sk')],
])('and is refused where it allows %s; an approval needs nothing', (_what, pattern) => {
  expect(refused([pattern])).toEqual([
    `expected the installation to run ${NEW_REVISION} as hook migrate, found that it may only run ${pattern}`,
  ]);
});
