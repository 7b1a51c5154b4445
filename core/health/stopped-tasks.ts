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

/** Reasons to stop a task that say nothing about the version: scaling, Spot reclaiming its host, a person. */
export const isFailure = (task: StoppedTask): boolean =>
  !/^scaling activity/i.test(task.stoppedReason) &&
  !['SpotInterruption', 'TerminationNotice', 'UserInitiated'].includes(task.stopCode ?? '');

/** Before its first instruction: neither waiting nor another try on the same image and configuration helps. */
export const cannotStart = (task: StoppedTask): boolean =>
  /CannotPull(Container|ImageManifest)|ResourceInitializationError|CannotCreateContainerError|CannotStartContainerError/i.test(
    [task.stoppedReason, ...task.containers.map((container) => container.reason ?? '')].join(' '),
  );

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
  const told = sorted.slice(0, MAX_REASONS).map(({ text, count }) => `${countOf(count)} stopped: ${text}`);
  const untold = sorted.slice(MAX_REASONS).reduce((sum, { count }) => sum + count, 0);
  return [...told, ...(untold > 0 ? [`${countOf(untold)} stopped for other reasons`] : [])].join('; ');
};

/** Ids, addresses and times that make equal reasons look different: UUIDs, long hex, IPv4, ENIs and instances. */
const volatile =
  /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|(?:eni|i)-[0-9a-f]{8,}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)\b/gi;

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

const countOf = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`);
