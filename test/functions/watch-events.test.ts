import { expect, test } from 'vitest';
import { watch } from '../../functions/watch.ts';
import { anEventsWorld, answerEventsFrom, invokingWith } from './other-deployments.ts';

const run = invokingWith('Watch', watch);

test.each([
  null,
  'text',
  [],
  { detail: 5 },
  { detail: { group: 5, clusterArn: 'c' } },
  { detail: { clusterArn: {} } },
])('what is no event of a task or a schedule is refused: %j', async (event) => {
  answerEventsFrom(anEventsWorld());

  await expect(run(event)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test.each([{}, { detail: {} }, { 'detail-type': 'Scheduled Event', detail: { group: 'service:shop' } }])(
  'a schedule’s event names no task: %j',
  async (event) => {
    answerEventsFrom(anEventsWorld());

    expect(await run(event)).toEqual({ woken: [] });
  },
);
