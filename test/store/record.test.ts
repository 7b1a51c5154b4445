import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandKind, Commitment } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import { START_MS } from '../aws/an-invocation.ts';
import { aCommand, aDecision, aPlan } from '../core/a-deployment.ts';
import { engines, openStore, type Store } from './stores.ts';

const ID = 'release-42';
const execution = {
  id: 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42',
  name: ID,
  startedAt: '2026-11-20T10:00:00Z',
};
const request = { cluster: 'main', service: 'shop', taskDefinition: 'shop:8' } as DeploymentRequest;
const MINE = { deploymentId: ID, serviceKey: 'main/shop', executionArn: execution.id };
const succeeded: Outcome = { kind: 'succeeded', reason: 'green serves all traffic', endedAtMs: START_MS + 1 };
const rolledBack: Outcome = { kind: 'rolledBack', reason: '„Läuft“ ist rot: 5 % > 1 %', endedAtMs: START_MS };
const said = (kind: CommandKind, ms: number, id = `${kind}_${ms}`) => aCommand(kind, START_MS + ms, { id });
const decidedAt = (ms: number, reason: string): Decision =>
  aDecision({ reason, evidence: { ...aDecision().evidence, observedAtMs: START_MS + ms } });

describe.each(engines)('the record in $name', ({ start }) => {
  let engine: Awaited<ReturnType<typeof start>>;
  let store: Store;
  const open = () => store.record.open(MINE, request);
  const stored = () => store.record.read(ID);
  beforeAll(async () => {
    engine = await start();
  });
  beforeEach(async () => {
    store = await openStore(engine);
  });
  afterAll(() => engine.stop());

  describe('opening', () => {
    test('a deployment nobody opened has none', async () => {
      expect(await stored()).toBeNull();
    });

    test('writes what was asked for, and nothing that has not happened yet', async () => {
      await open();

      expect(await stored()).toEqual({
        serviceKey: 'main/shop',
        request,
        plan: null,
        outcome: null,
        taskToken: null,
        lastSignal: null,
        lastAlarm: null,
        lastCommandId: null,
        placement: null,
        commitment: null,
        stuck: null,
        commands: [],
      });
    });

    test('again keeps what the first try wrote', async () => {
      await open();
      store.at(60_000);

      await store.record.open(
        { ...MINE, serviceKey: 'main/other' },
        { ...request, taskDefinition: 'shop:9' },
      );

      expect(await stored()).toMatchObject({ serviceKey: 'main/shop', request });
      expect(await store.item(`deployment#${ID}`, 'record')).toMatchObject({
        openedAtMs: { N: String(START_MS) },
      });
    });

    test('gives it ninety days from its last write', async () => {
      await open();
      store.at(60_000);
      await store.record.savePlan(MINE, aPlan());

      expect(await store.item(`deployment#${ID}`, 'record')).toMatchObject({
        expiresAt: { N: String((START_MS + 60_000) / 1_000 + 90 * 86_400) },
      });
    });
  });

  test('the plan and the task token in use are read back as they were written, the last of each', async () => {
    await open();
    await store.record.savePlan(MINE, aPlan({ strategyName: 'old' }));
    await store.record.savePlan(MINE, aPlan());
    await store.record.storeTaskToken(MINE, 'AQB8-1', START_MS + 60_000);
    await store.record.storeTaskToken(MINE, 'AQB8-2', START_MS + 90_000);

    expect(await stored()).toMatchObject({ plan: aPlan(), taskToken: 'AQB8-2' });
  });

  test('storing a task token answers with what was sent before it, commands included', async () => {
    await open();
    store.at(1_000);
    await store.record.addCommand(ID, said('pause', 1_000));

    const answer = await store.record.storeTaskToken(MINE, 'AQB8', START_MS + 60_000);

    expect(answer).toEqual(await stored());
    expect(answer).toMatchObject({ taskToken: 'AQB8', commands: [{ kind: 'pause' }] });
  });

  describe('signals', () => {
    test('the last one is kept, with when and who', async () => {
      await open();
      store.at(1_000);
      expect(await store.record.noteAlarm(ID, 'shop-5xx')).toBe(true);
      store.at(2_000);
      await store.record.noteAlarm(ID, 'shop-p99');

      expect(await stored()).toMatchObject({
        lastSignal: { atMs: START_MS + 2_000, by: 'alarm shop-p99' },
        lastAlarm: { atMs: START_MS + 2_000, name: 'shop-p99' },
      });
    });

    test('an alarm is not forgotten over a command that comes after it', async () => {
      await open();
      store.at(1_000);
      await store.record.noteAlarm(ID, 'shop-5xx');
      store.at(2_000);
      await store.record.addCommand(ID, said('pause', 2_000));

      expect(await stored()).toMatchObject({
        lastSignal: { atMs: START_MS + 2_000 },
        lastAlarm: { atMs: START_MS + 1_000, name: 'shop-5xx' },
      });
    });

    test('for a deployment that was never opened, or has ended, are not noted', async () => {
      expect(await store.record.noteAlarm(ID, 'shop-5xx')).toBe(false);
      expect(await stored()).toBeNull();

      await open();
      await store.record.close(MINE, succeeded);
      expect(await store.record.noteAlarm(ID, 'shop-5xx')).toBe(false);
      expect((await stored())?.lastSignal).toBeNull();
    });
  });

  describe('commands', () => {
    test('are kept whole, oldest first, and are signals too', async () => {
      await open();
      const late = said('abort', 9_000);
      const early = { ...said('pause', 4_000), by: 'arn:aws:sts::1:assumed-role/Ada', reason: '„hm“ #1' };
      store.at(9_500);

      expect(await store.record.addCommand(ID, late)).toBe(true);
      expect(await store.record.addCommand(ID, early)).toBe(true);

      expect(await stored()).toMatchObject({
        commands: [early, late],
        lastSignal: { atMs: START_MS + 9_500, by: 'pause by arn:aws:sts::1:assumed-role/Ada' },
      });
    });

    test('with the same id twice are one, as it was first sent', async () => {
      await open();
      await store.record.addCommand(ID, said('skip', 1_000, 'same'));

      expect(await store.record.addCommand(ID, said('skip', 70_000, 'same'))).toBe(true);

      expect((await stored())?.commands).toEqual([said('skip', 1_000, 'same')]);
    });

    test('sent at the same moment are all kept', async () => {
      await open();
      const ten = Array.from({ length: 10 }, (_, index) => said('pause', index));

      await Promise.all(ten.map((command) => store.record.addCommand(ID, command)));

      expect((await stored())?.commands).toEqual(ten);
    });

    test('of eighty the next is refused, and abort is not', async () => {
      await open();
      for (let index = 0; index < 80; index += 1)
        expect(await store.record.addCommand(ID, said('pause', index, `p_${index}`))).toBe(true);

      expect(await store.record.addCommand(ID, said('pause', 99, 'p_99'))).toBe(false);
      expect(await store.record.addCommand(ID, said('abort', 100))).toBe(true);
      expect((await stored())?.commands.length).toBe(81);
    });

    test('of aborts, too, only so many are kept: a hundred in all', async () => {
      await open();
      for (let index = 0; index < 100; index += 1)
        expect(await store.record.addCommand(ID, said('abort', index, `a_${index}`))).toBe(true);

      expect(await store.record.addCommand(ID, said('abort', 100, 'a_100'))).toBe(false);
      expect((await stored())?.commands.length).toBe(100);
    });

    test('that were written and not accepted are none', async () => {
      await open();
      await store.record.commit(MINE, { to: 'finish', reason: '', atMs: START_MS });
      await store.record.addCommand(ID, said('abort', 0));

      expect(await store.item(`deployment#${ID}`, 'command#abort_0')).toBeDefined();
      expect((await stored())?.commands).toEqual([]);
    });

    test('of a writer that nobody asked are shown in one line of bounded length', async () => {
      await open();
      await store.record.addCommand(ID, {
        ...said('abort', 0),
        by: 'a\u001b[31m\u202e',
        reason: `${'x'.repeat(300)}\n`,
      });

      const [read] = (await stored())?.commands ?? [];
      expect(read?.by).toBe('a·[31m·');
      expect(read?.reason).toBe('x'.repeat(256));
    });

    test('are not taken before the record is opened or after it is closed', async () => {
      expect(await store.record.addCommand(ID, said('abort', 0))).toBe(false);
      await open();
      await store.record.close(MINE, rolledBack);
      expect(await store.record.addCommand(ID, said('abort', 0))).toBe(false);

      expect((await stored())?.commands).toEqual([]);
    });
  });

  describe('another execution', () => {
    const THEIRS = { ...MINE, executionArn: `${MINE.executionArn}-other` };
    const refusal = { name: 'Conflict' };
    beforeEach(async () => {
      await open();
    });

    test('opens, plans, waits and commits nothing', async () => {
      await expect(store.record.open(THEIRS, request)).rejects.toMatchObject(refusal);
      await expect(store.record.savePlan(THEIRS, aPlan())).rejects.toMatchObject(refusal);
      await expect(store.record.storeTaskToken(THEIRS, 'AQB8', 0)).rejects.toMatchObject(refusal);
      expect(await store.record.commit(THEIRS, { to: 'finish', reason: '', atMs: 0 })).toBe(false);
      expect(await stored()).toMatchObject({ plan: null, taskToken: null, commitment: null });
    });

    test('closes nothing: how the deployment ends is not known yet', async () => {
      expect(await store.record.close(THEIRS, rolledBack)).toBeNull();
      expect((await stored())?.outcome).toBeNull();
    });

    test('that takes it over writes it, and the one before no more', async () => {
      await store.record.takeOver(THEIRS);

      await expect(store.record.storeTaskToken(MINE, 'AQB8', 0)).rejects.toMatchObject(refusal);
      await store.record.close(THEIRS, rolledBack);
      expect((await stored())?.outcome).toEqual(rolledBack);
    });
  });

  describe('a commitment', () => {
    const finish: Commitment = { to: 'finish', reason: 'blue has begun to go', atMs: START_MS };
    const back: Commitment = { to: 'rollBack', reason: 'alarm shop-5xx is in ALARM', atMs: START_MS + 1 };

    test('is kept, and no command is taken after it', async () => {
      await open();

      expect(await store.record.commit(MINE, finish, { lastCommandId: null })).toBe(true);
      expect(await store.record.addCommand(ID, said('abort', 0))).toBe(false);

      expect(await stored()).toMatchObject({ commitment: finish, commands: [], lastSignal: null });
    });

    test('to roll back takes an abort that lets nobody wait, and nothing else; to finish takes none', async () => {
      const now = { ...said('abort', 0, 'now'), now: true as const };
      await open();
      await store.record.commit(MINE, back);

      expect(await store.record.addCommand(ID, said('abort', 0))).toBe(false);
      expect(await store.record.addCommand(ID, now)).toBe(true);
      expect((await stored())?.commands).toEqual([now]);

      await store.record.commit(MINE, finish);
      expect(await store.record.addCommand(ID, { ...now, id: 'late' })).toBe(false);
    });

    test('by one who has not seen the last command is refused', async () => {
      await open();
      await store.record.addCommand(ID, said('pause', 0, 'first'));
      await store.record.addCommand(ID, said('abort', 0, 'second'));

      expect(await store.record.commit(MINE, finish, { lastCommandId: null })).toBe(false);
      expect(await store.record.commit(MINE, finish, { lastCommandId: 'first' })).toBe(false);
      expect((await stored())?.commitment).toBeNull();
      expect(await store.record.commit(MINE, finish, { lastCommandId: 'second' })).toBe(true);
    });

    test('of two that race, a command and a commitment, one wins', async () => {
      await open();

      const [committed, added] = await Promise.all([
        store.record.commit(MINE, finish, { lastCommandId: null }),
        store.record.addCommand(ID, said('abort', 0)),
      ]);

      expect(committed).not.toBe(added);
    });

    test('to roll back is made whatever has been said, and replaces another', async () => {
      await open();
      await store.record.addCommand(ID, said('abort', 0));
      await store.record.commit(MINE, finish, { lastCommandId: 'c_0' });

      expect(await store.record.commit(MINE, back)).toBe(true);
      expect((await stored())?.commitment).toEqual(back);
    });

    test('alarms are still noted after it: nobody reads them, and nobody has to be notified', async () => {
      await open();
      await store.record.commit(MINE, back);

      expect(await store.record.noteAlarm(ID, 'shop-5xx')).toBe(true);
    });

    test('is not made before the record is opened or after it is closed', async () => {
      expect(await store.record.commit(MINE, back)).toBe(false);
      await open();
      await store.record.close(MINE, rolledBack);
      expect(await store.record.commit(MINE, back)).toBe(false);
    });
  });

  describe('decisions', () => {
    test('are read in the order of what they saw, and one written twice is one', async () => {
      for (const [ms, reason] of [
        [90_000, 'third'],
        [5_000, 'first'],
        [60_000, 'second'],
        [5_000, 'first again'],
      ] as const) {
        await store.record.appendDecision(ID, decidedAt(ms, reason));
      }

      expect((await store.record.readDecisions(ID)).map(({ reason }) => reason)).toEqual([
        'first again',
        'second',
        'third',
      ]);
      expect((await store.record.readLastDecision(ID))?.reason).toBe('third');
    });

    test('are read to the last, however many pages they fill', async () => {
      // DynamoDB ends a page at one megabyte; these are two.
      const long = 'x'.repeat(100_000);
      const many = Array.from({ length: 20 }, (_, index) => decidedAt(index * 60_000, `${index} ${long}`));
      for (const decision of many) await store.record.appendDecision(ID, decision);

      expect(await store.record.readDecisions(ID)).toEqual(many);
    });

    test('are of one deployment alone, also when its id begins like another’s', async () => {
      await store.record.appendDecision(`${ID}0`, decidedAt(0, 'other'));
      await open();

      expect(await store.record.readDecisions(ID)).toEqual([]);
      expect(await store.record.readLastDecision(ID)).toBeNull();
    });
  });

  describe('closing', () => {
    test('keeps the outcome and forgets the task token', async () => {
      await open();
      await store.record.storeTaskToken(MINE, 'AQB8', START_MS);

      expect(await store.record.close(MINE, rolledBack)).toEqual(rolledBack);

      expect(await stored()).toMatchObject({ outcome: rolledBack, taskToken: null });
    });

    test('a second time leaves the first outcome, and says so', async () => {
      await open();
      await store.record.close(MINE, rolledBack);

      expect(await store.record.close(MINE, succeeded)).toEqual(rolledBack);
      expect((await stored())?.outcome).toEqual(rolledBack);
    });

    test('a record that was never opened, as a recovery does, is repeatable too', async () => {
      expect(await store.record.close(MINE, rolledBack)).toEqual(rolledBack);
      expect(await store.record.close(MINE, succeeded)).toEqual(rolledBack);
    });

    test('by two at the same moment ends in one truth for both', async () => {
      await open();

      const closed = await Promise.all([
        store.record.close(MINE, rolledBack),
        store.record.close(MINE, succeeded),
      ]);

      expect(closed[0]).toEqual(closed[1]);
      expect((await stored())?.outcome).toEqual(closed[0]);
    });
  });
});
