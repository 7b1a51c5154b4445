import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { DEFAULT_ANALYSIS } from '../../core/request/defaults.ts';
import { withMinutes } from '../../core/verdict/analysis/running.ts';
import type { MetricMinute } from '../../core/vocabulary/metrics.types.ts';
import { START_MS } from '../aws/an-invocation.ts';
import { engines, openStore, type Store } from './stores.ts';

const ID = 'release-42';
/** Ten minutes before a full hour. */
const FROM = START_MS + 50 * MINUTE_MS;
const minute = (at: number): MetricMinute => ({
  startMs: FROM + at * MINUTE_MS,
  blue: { requests: 900 + at, timed: 900, withinPercent: [90.25, undefined] },
  green: at === 3 ? {} : { requests: 100, target5xx: at, connectionErrors: 1 },
});
const minutes = Array.from({ length: 20 }, (_, at) => minute(at));

const CARRIED = withMinutes(null, [], {
  policy: { ...DEFAULT_ANALYSIS, baseline: null },
  sinceMs: FROM,
  shiftFromMs: FROM,
  alone: false,
  sticky: false,
});

describe.each(engines)('metrics in $name', ({ start }) => {
  let engine: Awaited<ReturnType<typeof start>>;
  let store: Store;
  beforeAll(async () => {
    engine = await start();
  });
  beforeEach(async () => {
    store = await openStore(engine);
  });
  afterAll(() => engine.stop());

  test('that nobody has read are none', async () => {
    expect(await store.series.read(ID)).toEqual({ minutes: [], readAtMs: null, timedAtMs: null });
    expect(await store.series.readAtMs(ID)).toBeNull();
  });

  test('come back as they were kept, over the hours, missing values missing', async () => {
    const series = { minutes, readAtMs: FROM + HOUR_MS, timedAtMs: FROM };

    await store.series.save(ID, series, FROM);

    store.at(50 * MINUTE_MS + 2 * MINUTE_MS);
    expect(await store.series.readAtMs(ID)).toBe(FROM + HOUR_MS);
    const read = await store.series.read(ID);
    expect(read.minutes[3]?.green).toEqual({});
    expect(read).toEqual({
      ...series,
      minutes: minutes.map(({ blue, ...rest }) => ({ ...rest, blue: { ...blue, withinPercent: [90.25] } })),
    });
  });

  test('of the application come back as they were kept, where it published nothing as well', async () => {
    const counted: MetricMinute[] = [
      {
        startMs: FROM,
        blue: { requests: 900, application: [{ requests: 90, bad: 0 }, {}] },
        green: { application: [{}, { bad: 2.5 }] },
      },
    ];

    await store.series.save(ID, { minutes: counted, readAtMs: 1, timedAtMs: null }, FROM);

    expect((await store.series.read(ID)).minutes).toEqual(counted);
  });

  test('of hours that were not read again stay as they are', async () => {
    await store.series.save(ID, { minutes, readAtMs: 1, timedAtMs: null }, FROM);

    const later = { minutes: [...minutes.slice(0, -1), minute(30)], readAtMs: 2, timedAtMs: null };
    await store.series.save(ID, later, FROM + 12 * MINUTE_MS);

    const read = await store.series.read(ID);
    expect(read.minutes.map(({ startMs }) => (startMs - FROM) / MINUTE_MS)).toEqual([
      ...Array.from({ length: 19 }, (_, at) => at),
      30,
    ]);
    expect(read.readAtMs).toBe(2);
    const first = await store.item(`deployment#${ID}`, `series#${Math.floor(FROM / HOUR_MS)}`);
    expect(first).toMatchObject({ readAtMs: { N: '1' } });
  });

  test('are read from the end of the comparison that was kept', async () => {
    const series = { minutes, readAtMs: 2, timedAtMs: null };
    await store.series.save(ID, series, FROM);
    expect(await store.series.readOpen(ID)).toMatchObject({ carried: null, series: { readAtMs: 2 } });

    const carried = { ...CARRIED, toMs: FROM + 10 * MINUTE_MS };
    await store.series.saveCarried(ID, carried);

    const open = await store.series.readOpen(ID);
    expect(open.carried).toEqual(carried);
    expect(open.series.minutes.map(({ startMs }) => (startMs - FROM) / MINUTE_MS)).toEqual(
      Array.from({ length: 10 }, (_, at) => at + 10),
    );
    expect((await store.series.read(ID)).minutes).toHaveLength(20);
  });
});
