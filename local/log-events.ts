import type { Sender } from '../aws/call.ts';
import { operationNameOf } from '../core/operation-name.ts';
import { type Operations, SimApiError } from '../sim/kernel/fake-client.ts';
import { onlyMembers } from '../sim/kernel/only-members.ts';
import { pageOf } from '../sim/kernel/paging.ts';
import type { LogLine, Logs } from './tasks/logs.ts';

/** CloudWatch Logs over the lines that are kept: a group and a stream as each container's definition names them. */

type Filter = {
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamNames?: string[];
  logStreamNamePrefix?: string;
  startTime?: number;
  endTime?: number;
  filterPattern?: string;
  limit?: number;
  nextToken?: string;
};

/** API reference of FilterLogEvents. */
const MOST_EVENTS = 10_000;

const invalid = (message: string): SimApiError => new SimApiError('InvalidParameterException', message);

/** Terms of a filter pattern: all plain ones, none with `-`, and one of those with `?`; quotes keep words together. */
const matcherOf = (pattern: string): ((line: string) => boolean) => {
  if (/^\s*[{[%]/.test(pattern))
    throw new Error('sim does not model logs FilterLogEvents with a pattern of JSON, columns or expressions');
  const terms = [...pattern.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, sign = '', quoted, plain = '']) => ({ sign, text: quoted?.replaceAll('\\"', '"') ?? plain }),
  );
  const of = (wanted: string): string[] =>
    terms.filter(({ sign }) => sign === wanted).map(({ text }) => text);
  const [all, none, some] = [of(''), of('-'), of('?')];
  return (line) =>
    all.every((text) => line.includes(text)) &&
    !none.some((text) => line.includes(text)) &&
    (some.length === 0 || some.some((text) => line.includes(text)));
};

const operationsOf = (logs: Logs): Operations => {
  const groups = (): string[] => [...new Set(logs.lines().map(({ group }) => group))];
  const groupOf = ({ logGroupName, logGroupIdentifier }: Filter): string => {
    const name = logGroupName ?? logGroupIdentifier?.replace(/^.*:log-group:/, '').replace(/:\*$/, '');
    if (groups().includes(name ?? '')) return name ?? '';
    throw new SimApiError('ResourceNotFoundException', 'The specified log group does not exist.');
  };
  const linesOf = (input: Filter): LogLine[] => {
    const group = groupOf(input);
    const { logStreamNames: streams, logStreamNamePrefix: prefix = '', startTime = 0, endTime } = input;
    return logs
      .lines()
      .filter((line) => line.group === group && line.stream.startsWith(prefix))
      .filter(({ stream }) => streams === undefined || streams.includes(stream))
      .filter(({ atMs }) => atMs >= startTime && atMs < (endTime ?? Number.POSITIVE_INFINITY));
  };
  const badToken = (): SimApiError => invalid('The specified nextToken is invalid.');
  const idOf = ({ number }: LogLine): string => String(number).padStart(56, '0');

  type GetInput = Omit<Filter, 'filterPattern'> & { logStreamName?: string; startFromHead?: boolean };
  /** Pages of one stream, from its end unless the head is asked for; at either end the token comes back as it was. */
  const getLogEvents = (input: GetInput) => {
    const members = ['logGroupName', 'logGroupIdentifier', 'logStreamName', 'startTime', 'endTime'] as const;
    onlyMembers('GetLogEvents', input, [...members, 'limit', 'nextToken', 'startFromHead']);
    const { logStreamName = '', limit = MOST_EVENTS, nextToken, startFromHead = false, ...rest } = input;
    const found = linesOf({ ...rest, logStreamNames: [logStreamName] });
    if (!logs.lines().some(({ stream }) => stream === logStreamName))
      throw new SimApiError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const [, direction, number] = /^([fb])\/(\d+)$/.exec(nextToken ?? '') ?? [];
    if (nextToken !== undefined && direction === undefined) throw badToken();
    const after = found.filter((line) => line.number >= Number(number));
    const before = found.filter((line) => line.number < Number(number));
    const fromHead = direction === 'f' || (direction === undefined && startFromHead);
    const page = fromHead
      ? (direction === undefined ? found : after).slice(0, limit)
      : (direction === undefined ? found : before).slice(-limit);
    const [first, last] = [page[0], page.at(-1)];
    return {
      events: page.map(({ atMs, line }) => ({ timestamp: atMs, ingestionTime: atMs, message: line })),
      nextForwardToken: last === undefined ? `f/${number ?? 0}` : `f/${last.number + 1}`,
      nextBackwardToken: first === undefined ? `b/${number ?? 0}` : `b/${first.number}`,
    };
  };

  return {
    GetLogEvents: getLogEvents,
    DescribeLogGroups: (input: { logGroupNamePrefix?: string; nextToken?: string; limit?: number }) => {
      onlyMembers('DescribeLogGroups', input, ['logGroupNamePrefix', 'nextToken', 'limit']);
      const { logGroupNamePrefix = '', nextToken, limit } = input;
      const found = groups().filter((name) => name.startsWith(logGroupNamePrefix));
      const { items, next } = pageOf(found, nextToken, limit, badToken);
      return { logGroups: items.map((logGroupName) => ({ logGroupName })), nextToken: next };
    },
    DescribeLogStreams: (input: Filter & { orderBy?: string; descending?: boolean }) => {
      const members = ['logGroupName', 'logGroupIdentifier', 'logStreamNamePrefix', 'orderBy'] as const;
      onlyMembers('DescribeLogStreams', input, [...members, 'descending', 'nextToken', 'limit']);
      const newest = new Map(linesOf(input).map(({ stream, atMs }) => [stream, atMs]));
      const found = [...newest].map(([logStreamName, lastEventTimestamp]) => ({
        logStreamName,
        lastEventTimestamp,
      }));
      if (input.descending === true) found.reverse();
      const { items, next } = pageOf(found, input.nextToken, input.limit, badToken);
      return { logStreams: items, nextToken: next };
    },
    FilterLogEvents: (input: Filter) => {
      const members = [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNames',
        'logStreamNamePrefix',
      ] as const;
      const more = ['startTime', 'endTime', 'filterPattern', 'limit', 'nextToken', 'interleaved'] as const;
      onlyMembers('FilterLogEvents', input, [...members, ...more]);
      const matches = matcherOf(input.filterPattern ?? '');
      const found = linesOf(input).filter(({ line }) => matches(line));
      const { items, next } = pageOf(found, input.nextToken, input.limit, badToken, MOST_EVENTS);
      return {
        events: items.map((line) => ({
          eventId: idOf(line),
          logStreamName: line.stream,
          timestamp: line.atMs,
          ingestionTime: line.atMs,
          message: line.line,
        })),
        searchedLogStreams: [],
        nextToken: next,
      };
    },
  };
};

export const makeLogsClient = (logs: Logs): Sender => {
  const operations = operationsOf(logs);
  return {
    async send(command) {
      const operation = operationNameOf(command);
      const serve = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (serve === undefined) throw new Error(`sim does not model logs ${operation}`);
      return serve(command.input);
    },
  };
};
