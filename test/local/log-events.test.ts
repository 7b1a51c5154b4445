import { expect, test } from 'vitest';
import { makeLogsClient } from '../../local/log-events.ts';
import { makeLogs } from '../../local/tasks/logs.ts';

const LINES = 5;

const aStream = () => {
  let nowMs = 0;
  const logs = makeLogs(() => (nowMs += 1_000));
  const write = logs.writer({ group: '/ecs/shop', stream: 'a', task: 't', version: '1' });
  const other = logs.writer({ group: '/ecs/shop', stream: 'b', task: 'u', version: '1' });
  for (let line = 1; line <= LINES; line += 1) {
    write(Buffer.from(`line ${line}\n`));
    other(Buffer.from('of another stream\n'));
  }
  const client = makeLogsClient(logs);
  const get = async (input: object) =>
    (await client.send({
      input: { logGroupName: '/ecs/shop', logStreamName: 'a', ...input },
      constructor: { name: 'GetLogEventsCommand' },
    })) as { events: { message: string }[]; nextForwardToken: string; nextBackwardToken: string };
  return { get, write };
};

const textOf = ({ events }: { events: { message: string }[] }) => events.map(({ message }) => message).join();

test('a stream is read from its head, page by page, until the token stays as it was', async () => {
  const { get, write } = aStream();

  const first = await get({ startFromHead: true, limit: 3 });
  const second = await get({ nextToken: first.nextForwardToken, limit: 3 });
  const third = await get({ nextToken: second.nextForwardToken, limit: 3 });
  write(Buffer.from('line 6\n'));
  const fourth = await get({ nextToken: third.nextForwardToken, limit: 3 });

  expect([first, second, third, fourth].map(textOf)).toEqual([
    'line 1,line 2,line 3',
    'line 4,line 5',
    '',
    'line 6',
  ]);
  expect(third.nextForwardToken).toBe(second.nextForwardToken);
});

test('without the head it is read from its end, backwards', async () => {
  const { get } = aStream();

  const last = await get({ limit: 2 });
  const before = await get({ nextToken: last.nextBackwardToken, limit: 2 });

  expect([last, before].map(textOf)).toEqual(['line 4,line 5', 'line 2,line 3']);
});

test('a stream or a token that is not there is refused', async () => {
  const { get } = aStream();

  await expect(get({ logStreamName: 'c' })).rejects.toThrow('The specified log stream does not exist.');
  await expect(get({ nextToken: 'x' })).rejects.toThrow('The specified nextToken is invalid.');
});
