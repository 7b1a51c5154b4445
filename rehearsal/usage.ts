import type { ApiCall } from '../sim/kernel/call.types.ts';
import type { Kernel } from '../sim/kernel/kernel.ts';

/** DynamoDB charges a write by each started kilobyte and a read by each started four. */
const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4 * 1_024;

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const reads = new Set(['GetItem', 'Query']);

/** All items of an answer together; one of nothing is charged as the smallest. */
const readUnits = (answer: unknown): number =>
  Math.max(1, Math.ceil(JSON.stringify(answer ?? {}).length / READ_UNIT_BYTES));

/** Counts what AWS charges for beside states and Lambda time: DynamoDB units, published events and metrics read. */
export const watchUsage = (kernel: Kernel) => {
  const used = { dynamoWrites: 0, dynamoReads: 0, events: 0, metricsRead: 0 };
  kernel.onServed(({ service, operation, input }: ApiCall, _ok, answer) => {
    if (service === 'eventbridge') used.events += 1;
    // By the series asked for, in each page of the answer.
    if (operation === 'GetMetricData')
      used.metricsRead += (input as { MetricDataQueries?: unknown[] }).MetricDataQueries?.length ?? 0;
    if (service !== 'dynamodb') return;
    // The item as sent is the size to charge; an update rewrites no more than it names.
    if (writes.has(operation))
      used.dynamoWrites += Math.ceil(JSON.stringify(input).length / WRITE_UNIT_BYTES);
    if (reads.has(operation)) used.dynamoReads += readUnits(answer);
  });
  return () => ({ ...used });
};
