import { count } from '../figures.ts';
import type { StoppedTask } from '../vocabulary/observed.types.ts';

/** Different reasons named; the rest is counted. A crash loop repeats one or two. */
const MAX_REASONS = 3;

/** Long enough for a registry's or the agent's whole message, short enough for a timeline. */
const MAX_REASON_LENGTH = 400;

/** What an exit code stands for where the container gives no reason of its own; 128 + n is signal n. */
const exitCodeMeanings: Record<number, string> = {
  0: 'it ended by itself; a service has to keep running',
  126: 'its command is not executable',
  127: 'its command was not found in the image',
  134: 'SIGABRT',
  137: 'SIGKILL: out of memory, or not stopped within its stop timeout',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** Who stopped a task: ECS to follow the desired count, the platform or a person, or the version by what it did. */
type Cause = 'scaling' | 'platform' | 'version';

/** Spot reclaims a host, EC2 announces its end, a person stops a task. */
const PLATFORM_CODES: readonly string[] = ['SpotInterruption', 'TerminationNotice', 'UserInitiated'];

/**
 * A container instance that is terminated, stopped, drained, deregistered or out of touch, and Fargate's maintenance
 * (ECS guide, Stopped tasks error messages).
 */
const PLATFORM_REASONS =
  /^host ec2|maintenance on the underlying infrastructure|container instance|agent disconnected|rebalanc/i;

/**
 * What the scheduler stops, it stops because of a failed health check or for reasons of its own: zones to balance, a
 * host to empty. Only the first is of the version, whatever the wording of the second.
 */
const causeOf = ({ stoppedReason, stopCode = '' }: StoppedTask): Cause => {
  if (/^scaling activity/i.test(stoppedReason)) return 'scaling';
  if (PLATFORM_CODES.includes(stopCode) || PLATFORM_REASONS.test(stoppedReason)) return 'platform';
  const byScheduler = stopCode === 'ServiceSchedulerInitiated';
  return byScheduler && !/health check/i.test(stoppedReason) ? 'platform' : 'version';
};

/** Counts against the version. */
export const isFailure = (task: StoppedTask): boolean => causeOf(task) === 'version';

/** What stopped tasks without the version's doing, for an operator: a clause to append, empty when nothing did. */
export const explainUncounted = (tasks: StoppedTask[]): string => {
  const platform = tasks.filter((task) => causeOf(task) === 'platform');
  return platform.length === 0 ? '' : `; not counted against the version: ${explainStopped(platform)}`;
};

/** Before its first instruction: neither waiting nor another try on the same image and configuration helps. */
export const cannotStart = (task: StoppedTask): boolean =>
  /Cannot(Pull(Container|ImageManifest)|(Create|Start)ContainerError)|ResourceInitializationError/i.test(
    [task.stoppedReason, ...task.containers.map((container) => container.reason ?? '')].join(' '),
  );

/** By the load balancer's check or the container's own; ECS has no code for it, only these words. */
export const failedHealthCheck = (task: StoppedTask): boolean => task.stoppedReason.includes('health check');

/** One clause per different reason, most frequent first, for an operator; empty without tasks. */
export const explainStopped = (tasks: StoppedTask[]): string => {
  const groups = new Map<string, { text: string; count: number }>();
  for (const task of tasks) {
    const text = explainOne(task);
    const key = text.replace(volatile, '*');
    groups.set(key, { text: groups.get(key)?.text ?? text, count: (groups.get(key)?.count ?? 0) + 1 });
  }

  // Sorting is stable, so equally frequent reasons stay in the order observed: newest first.
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
  const explained = sorted
    .slice(0, MAX_REASONS)
    .map(({ text, count: times }) => `${count(times, 'task')} stopped: ${text}`);
  const unlisted = sorted.slice(MAX_REASONS).reduce((sum, { count }) => sum + count, 0);
  return [
    ...explained,
    ...(unlisted > 0 ? [`${count(unlisted, 'task')} stopped for other reasons`] : []),
  ].join('; ');
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const LONG_HEX = /[0-9a-f]{16,}/;
const EC2_ID = /(?:eni|i)-[0-9a-f]{8,}/;
const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/;

/** What makes equal reasons appear different. */
const volatile = new RegExp(
  `\\b(?:${[UUID, LONG_HEX, EC2_ID, ADDRESS].map(({ source }) => source).join('|')})\\b`,
  'gi',
);

const explainOne = (task: StoppedTask): string => {
  const reason = short(task.stoppedReason || task.stopCode || 'ECS gives no reason');
  const culprit =
    task.containers.find((container) => container.reason) ??
    task.containers.find((container) => container.exitCode !== undefined && container.exitCode !== 0) ??
    task.containers.find((container) => container.exitCode === 0 && /essential container/i.test(reason));
  if (culprit === undefined) {
    const [only, ...others] = task.containers;
    return only !== undefined && others.length === 0 ? `${reason} (image ${only.image})` : reason;
  }

  const exit = culprit.exitCode === undefined ? '' : ` exited with code ${culprit.exitCode}`;
  const meaning =
    culprit.reason ?? (culprit.exitCode === undefined ? undefined : exitCodeMeanings[culprit.exitCode]);
  const why = meaning === undefined || reason.includes(meaning) ? '' : ` (${short(meaning)})`;
  return `${reason} (container ${culprit.name}${exit}${why}, image ${culprit.image})`;
};

const short = (text: string): string => {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}...` : line;
};
