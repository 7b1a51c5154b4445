import { MINUTE_MS } from '../../core/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { MinuteMetrics } from '../parts.types.ts';
import { normal, poisson } from './chance.ts';
import type { Answers } from './group-answers.ts';

/** Running sums of one group; a minute's value is the difference of their whole parts, so long-run rates stay exact. */
type Sums = {
  requests: number;
  target5xx: number;
  connectionErrors: number;
  balancer5xx: number;
  wrong: number;
};

type Bucket = {
  before: Sums;
  after: Sums;
  answered: number;
  taskDefinitionArn: string | undefined;
  varies: boolean;
  responseMs: number;
  healthyHosts: number;
  unhealthyHosts: number;
  registeredHosts: number;
};

/** Below this, a missing part of a whole request is arithmetic noise. */
const NOISE = 1e-6;
const wholeBetween = (before: number, after: number): number =>
  Math.floor(after + NOISE) - Math.floor(before + NOISE);

type Hosts = { healthy: number; unhealthy: number; registered: number };

export type Minutes = {
  hosts(targetGroupArn: string, atMs: number, hosts: Hosts): void;
  requests(targetGroupArn: string, atMs: number, requests: number, answers: Answers): void;
  metrics(targetGroupArn: string, minuteStartMs: number): MinuteMetrics | undefined;
};

/**
 * The one-minute metrics of each target group, as the load balancer hands them to CloudWatch [fact 118]; older than
 * `keptMs` they go.
 */
export const makeMinutes = (random: Random, keptMs = Number.POSITIVE_INFINITY): Minutes => {
  const buckets = new Map<string, Map<number, Bucket>>();
  const latest = new Map<string, Sums>();

  const bucketAt = (arn: string, atMs: number): Bucket => {
    const minute = Math.floor(atMs / MINUTE_MS);
    const ofGroup = buckets.get(arn) ?? new Map<number, Bucket>();
    buckets.set(arn, ofGroup);
    const found = ofGroup.get(minute);
    if (found !== undefined) return found;
    const before = latest.get(arn) ?? {
      requests: 0,
      target5xx: 0,
      connectionErrors: 0,
      balancer5xx: 0,
      wrong: 0,
    };
    const made: Bucket = {
      before,
      after: { ...before },
      answered: 0,
      taskDefinitionArn: undefined,
      varies: false,
      responseMs: 0,
      healthyHosts: Number.POSITIVE_INFINITY,
      unhealthyHosts: 0,
      registeredHosts: 0,
    };
    ofGroup.set(minute, made);
    // In the order they were made, so that the oldest is the first.
    for (const old of ofGroup.keys()) {
      if (old >= minute - keptMs / MINUTE_MS) break;
      ofGroup.delete(old);
    }
    latest.set(arn, made.after);
    return made;
  };

  return {
    hosts: (arn, atMs, { healthy, unhealthy, registered }) => {
      const bucket = bucketAt(arn, atMs);
      bucket.healthyHosts = Math.min(bucket.healthyHosts, healthy);
      bucket.unhealthyHosts = Math.max(bucket.unhealthyHosts, unhealthy);
      bucket.registeredHosts = Math.max(bucket.registeredHosts, registered);
    },
    requests: (arn, atMs, requests, answers) => {
      const bucket = bucketAt(arn, atMs);
      bucket.after.requests += requests * answers.reached;
      bucket.after.target5xx += requests * answers.target5xx;
      const { left = 0 } = answers;
      bucket.after.connectionErrors += requests * (answers.reached - answers.answered - left);
      bucket.after.balancer5xx += requests * (1 - answers.answered - left);
      bucket.after.wrong += requests * (answers.wrong ?? 0);
      bucket.taskDefinitionArn = answers.taskDefinitionArn ?? bucket.taskDefinitionArn;
      bucket.varies ||= answers.varies;
      bucket.answered += requests * answers.answered;
      bucket.responseMs += requests * answers.answered * answers.responseMs;
    },
    metrics: (arn, minuteStartMs) => {
      const bucket = buckets.get(arn)?.get(Math.floor(minuteStartMs / MINUTE_MS));
      if (bucket === undefined) return undefined;
      const { before, after } = bucket;
      const requestCount = wholeBetween(before.requests, after.requests);
      // Drawn by group and minute, so that it does not depend on who asks, nor how often.
      const draw = (what: string): Random => random.fork(`${what}/${arn}/${minuteStartMs}`);
      const errors = bucket.varies
        ? poisson(after.target5xx - before.target5xx, draw('errors'))
        : wholeBetween(before.target5xx, after.target5xx);
      const wrong =
        bucket.varies && after.wrong > before.wrong
          ? poisson(after.wrong - before.wrong, draw('wrong'))
          : wholeBetween(before.wrong, after.wrong);
      return {
        requestCount,
        wrong: Math.min(wrong, Math.round(bucket.answered)),
        ...(bucket.taskDefinitionArn === undefined ? {} : { taskDefinitionArn: bucket.taskDefinitionArn }),
        target5xx: Math.min(errors, requestCount),
        answered: bucket.answered,
        chance: bucket.varies ? normal(draw('times')) : 0,
        connectionErrors: wholeBetween(before.connectionErrors, after.connectionErrors),
        balancer5xx: wholeBetween(before.balancer5xx, after.balancer5xx),
        responseSeconds: bucket.answered === 0 ? undefined : bucket.responseMs / bucket.answered / 1000,
        healthyHosts: Number.isFinite(bucket.healthyHosts) ? bucket.healthyHosts : 0,
        unhealthyHosts: bucket.unhealthyHosts,
        registeredHosts: bucket.registeredHosts,
      };
    },
  };
};
