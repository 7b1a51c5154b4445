import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { groupBy } from '../core/group-by.ts';
import type { RunningComparison } from '../core/verdict/analysis/running.ts';
import type { GroupMinute, MetricMinute, MetricSeries } from '../core/vocabulary/metrics.types.ts';
import type { Call, Sender } from './call.ts';
import { type Item, json, number, readNumber, readText, text } from './item.ts';
import { expiryOf } from './record-changes.ts';
import { queryAll } from './record-reads.ts';
import type { SeriesStore } from './store-verbs.ts';

const SERIES = 'series#';

/**
 * As short as JSON gets: a week of minutes is half a megabyte so. Null: no data point. Pairs of counts for the
 * application's metrics only where there are any.
 */
type Packed = [
  offset: number,
  blue: (number | null)[],
  green: (number | null)[],
  application?: [blue: (number | null)[], green: (number | null)[]],
];

const packCounts = ({ application = [] }: GroupMinute): (number | null)[] =>
  application.flatMap(({ requests, bad }) => [requests ?? null, bad ?? null]);

const unpackCounts = (counts: readonly (number | null)[]): Pick<GroupMinute, 'application'> => {
  if (counts.length === 0) return {};
  return {
    application: Array.from({ length: counts.length / 2 }, (_, at) => {
      const [requests, bad] = counts.slice(2 * at, 2 * at + 2);
      return { ...(requests == null ? {} : { requests }), ...(bad == null ? {} : { bad }) };
    }),
  };
};

const pack = ({ requests, target5xx, connectionErrors, timed, withinPercent = [] }: GroupMinute) => {
  const values = [requests, target5xx, connectionErrors, timed, ...withinPercent].map((value) =>
    value === undefined ? null : Number(value.toFixed(4)),
  );
  return values.slice(0, values.findLastIndex((value) => value !== null) + 1);
};

const unpack = (values: readonly (number | null)[]): GroupMinute => {
  const [requests, target5xx, connectionErrors, timed, ...within] = values;
  const found = Object.entries({ requests, target5xx, connectionErrors, timed }).filter(
    ([, value]) => value != null,
  );
  return {
    ...Object.fromEntries(found),
    ...(timed == null ? {} : { withinPercent: within.map((value) => value ?? undefined) }),
  };
};

const seriesKey = (deploymentId: string, hour: number): Item => ({
  pk: text(`deployment#${deploymentId}`),
  sk: text(`${SERIES}${hour}`),
});

const carriedKey = (deploymentId: string): Item => ({
  pk: text(`deployment#${deploymentId}`),
  sk: text('comparison'),
});

const seriesIn = (items: readonly Item[]): MetricSeries => {
  const minutes = items.flatMap((item) => {
    const hourMs = Number((readText(item, 'sk') ?? '').slice(SERIES.length)) * HOUR_MS;
    const packed = JSON.parse(readText(item, 'minutesJson') ?? '[]') as Packed[];
    return packed.map(
      ([offset, blue, green, [ofBlue, ofGreen] = [[], []]]): MetricMinute => ({
        startMs: hourMs + offset * MINUTE_MS,
        blue: { ...unpack(blue), ...unpackCounts(ofBlue) },
        green: { ...unpack(green), ...unpackCounts(ofGreen) },
      }),
    );
  });
  const latest = (name: string): number | null => {
    const times = items.flatMap((item) => readNumber(item, name) ?? []);
    return times.length === 0 ? null : Math.max(...times);
  };
  return { minutes, readAtMs: latest('readAtMs'), timedAtMs: latest('timedAtMs') };
};

const hourOf = (startMs: number): number => Math.floor(startMs / HOUR_MS);

/**
 * A deployment's metrics, an item for each hour, so that a read writes one or two small items however long the
 * deployment takes:
 *   deployment#<id>  series#<hour since 1970>  its minutes, and when they were read
 *   deployment#<id>  comparison                the comparison of the hours that will not be read again
 * A read of metrics writes what it read, whole hours; two that do so at the same time write the same, or nearly: the
 * last ten minutes are read again each time.
 */
export const makeSeriesStore = (client: Sender, call: Call, table: string): SeriesStore => {
  const itemsOf = (deploymentId: string, fromHour?: number): Promise<Item[]> =>
    queryAll(
      client,
      call,
      table,
      deploymentId,
      SERIES,
      `read the metrics of deployment ${deploymentId}`,
      `${SERIES}${fromHour ?? ''}`,
    );
  const put = (deploymentId: string, item: Item): Promise<unknown> =>
    call(
      client,
      new PutItemCommand({
        TableName: table,
        Item: { ...item, expiresAt: expiryOf(call) },
      }),
      { what: `save the metrics of deployment ${deploymentId}` },
    );

  return {
    async readAtMs(deploymentId) {
      // The newest minute that a read can have kept is the one before this.
      const hour = hourOf(call.clock.nowMs() - MINUTE_MS);
      const command = new GetItemCommand({
        TableName: table,
        Key: seriesKey(deploymentId, hour),
        ConsistentRead: true,
      });
      const { Item } = await call(client, command, {
        what: `read when metrics of deployment ${deploymentId} were read`,
      });
      return readNumber(Item, 'readAtMs') ?? null;
    },

    read: async (deploymentId) => seriesIn(await itemsOf(deploymentId)),

    async readOpen(deploymentId) {
      const command = new GetItemCommand({
        TableName: table,
        Key: carriedKey(deploymentId),
        ConsistentRead: true,
      });
      const { Item } = await call(client, command, {
        what: `read the comparison of deployment ${deploymentId}`,
      });
      const carried: RunningComparison | null = JSON.parse(readText(Item, 'carriedJson') ?? 'null');
      const items = await itemsOf(deploymentId, carried === null ? undefined : hourOf(carried.toMs));
      return { carried, series: seriesIn(items) };
    },

    async save(deploymentId, { minutes, readAtMs, timedAtMs }, fromMs) {
      const byHour = groupBy(minutes, ({ startMs }) => hourOf(startMs));
      const touched = [...byHour].filter(([hour]) => hour >= hourOf(fromMs));
      for (const [hour, ofHour] of touched) {
        const packed = ofHour.map(({ startMs, blue, green }): Packed => {
          const offset = (startMs - hour * HOUR_MS) / MINUTE_MS;
          const [ofBlue, ofGreen] = [packCounts(blue), packCounts(green)];
          return ofBlue.length + ofGreen.length === 0
            ? [offset, pack(blue), pack(green)]
            : [offset, pack(blue), pack(green), [ofBlue, ofGreen]];
        });
        await put(deploymentId, {
          ...seriesKey(deploymentId, hour),
          minutesJson: json(packed),
          ...(readAtMs === null ? {} : { readAtMs: number(readAtMs) }),
          ...(timedAtMs === null ? {} : { timedAtMs: number(timedAtMs) }),
        });
      }
    },

    async saveCarried(deploymentId, carried) {
      await put(deploymentId, { ...carriedKey(deploymentId), carriedJson: json(carried) });
    },
  };
};

export const EMPTY_SERIES: MetricSeries = { minutes: [], readAtMs: null, timedAtMs: null };
