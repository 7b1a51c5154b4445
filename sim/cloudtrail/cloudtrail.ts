import type { LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import type { Sender } from '../../aws/call.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { ApiCall, ApiService } from '../kernel/call.types.ts';
import { makeFakeClient, SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import { identityOf, namesAs, parametersOf } from './event-parts.ts';

/** An event is there after a minute at best and 15 at worst [fact 177]. */
const LATE_SECONDS = [60, (15 * MINUTE_MS) / SECOND_MS] as const;

/** The most of a page, and the default [fact 177]. */
const PAGE = 50;

const SOURCES: Partial<Record<ApiService, string>> = {
  ecs: 'ecs.amazonaws.com',
  elbv2: 'elasticloadbalancing.amazonaws.com',
  'application-autoscaling': 'autoscaling.amazonaws.com',
};

type Recorded = {
  id: string;
  atMs: number;
  thereAtMs: number;
  source: string;
  name: string;
  parameters: unknown;
  /** The step of Cutover that called; null: somebody else, by this name. */
  step: string | null;
  by: string;
};

type Account = { account: string; region: string };

/** The account's management events: every write to ECS, load balancers and what scales services. */
export const makeCloudTrail = (kernel: Kernel, { account, region }: Account): { client: Sender } => {
  const random = kernel.random.fork('cloudtrail');
  const recorded: Recorded[] = [];
  const note = (event: Pick<Recorded, 'source' | 'name' | 'parameters' | 'step' | 'by'>): void => {
    const atMs = kernel.scheduler.nowMs();
    const thereAtMs = atMs + random.between(...LATE_SECONDS) * SECOND_MS;
    recorded.push({ id: uuid(random.hex(32)), atMs, thereAtMs, ...event });
  };

  kernel.onServed(({ service, operation, input, by }: ApiCall, ok) => {
    const source = SOURCES[service];
    if (!ok || source === undefined || /^(Describe|List|Get)/.test(operation)) return;
    note({ source, name: operation, parameters: parametersOf(input), step: by ?? null, by: 'ada' });
  });
  // What a test or a fault writes without a client.
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'weights' || data === undefined || data.by === 'cutover') return;
    const source = 'elasticloadbalancing.amazonaws.com';
    note({ source, ...namesAs(data), step: null, by: String(data.by) });
  });

  const jsonOf = (event: Recorded): string =>
    JSON.stringify({
      eventVersion: '1.11',
      ...identityOf(event, account),
      eventTime: secondsOf(event.atMs),
      eventSource: event.source,
      eventName: event.name,
      awsRegion: region,
      requestParameters: event.parameters,
      eventID: event.id,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    });

  const lookupEvents = (input: LookupEventsRequest): LookupEventsResponse => {
    onlyMembers('LookupEvents', input, [
      'LookupAttributes',
      'StartTime',
      'EndTime',
      'MaxResults',
      'NextToken',
    ]);
    const [attribute, ...others] = input.LookupAttributes ?? [];
    if (others.length > 0)
      throw new SimApiError('InvalidLookupAttributesException', 'Only one lookup attribute is allowed.');
    if (attribute?.AttributeKey !== 'EventName')
      throw new Error('sim does not model LookupEvents by anything but EventName');
    const { StartTime, EndTime, MaxResults = PAGE } = input;
    if (MaxResults < 1 || MaxResults > PAGE)
      throw new SimApiError('InvalidMaxResultsException', 'MaxResults is between 1 and 50.');
    if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
      throw new SimApiError('InvalidTimeRangeException', 'The start time is after the end time.');
    const nowMs = kernel.scheduler.nowMs();
    const found = recorded
      .filter(
        ({ name, atMs, thereAtMs }) =>
          name === attribute.AttributeValue &&
          thereAtMs <= nowMs &&
          atMs >= (StartTime?.getTime() ?? 0) &&
          atMs <= (EndTime?.getTime() ?? nowMs),
      )
      .reverse();
    const badToken = () => new SimApiError('InvalidNextTokenException', 'Invalid token');
    const { items, next } = pageOf(found, input.NextToken, MaxResults, badToken, kernel.pageSize);
    const Events = items.map((event) => ({
      EventId: event.id,
      EventName: event.name,
      ReadOnly: 'false',
      EventTime: new Date(secondsOf(event.atMs)),
      EventSource: event.source,
      Username: event.step ?? event.by,
      Resources: [],
      CloudTrailEvent: jsonOf(event),
    }));
    return { Events, ...(next === undefined ? {} : { NextToken: next }) };
  };

  return { client: makeFakeClient(kernel, 'cloudtrail', { LookupEvents: lookupEvents }) };
};

/** CloudTrail's times have no fractions. */
const secondsOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const uuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
