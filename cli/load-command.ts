import type { Command } from './command.types.ts';

/** Loading all commands takes longer than most of them run: each that is a file of its own is loaded alone. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  adopt: async () => (await import('./commands/adopt.ts')).adoptCommand,
  analyse: async () => (await import('./commands/analyse.ts')).analyseCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  deploy: async () => (await import('./commands/deploy.ts')).deployCommand,
  figures: async () => (await import('./commands/figures.ts')).figuresCommand,
  history: async () => (await import('./commands/history.ts')).historyCommand,
  hook: async () => (await import('./commands/hook.ts')).hookCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  leave: async () => (await import('./commands/adopt.ts')).leaveCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  local: async () => (await import('./commands/local.ts')).localCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  preflight: async () => (await import('./commands/preflight.ts')).preflightCommand,
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  retry: async () => (await import('./commands/retry.ts')).retryCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  schema: async () => (await import('./commands/schema.ts')).schemaCommand,
  selfcheck: async () => (await import('./commands/selfcheck.ts')).selfcheckCommand,
  snapshot: async () => (await import('./commands/snapshot.ts')).snapshotCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  version: async () => (await import('./commands/version.ts')).versionCommand,
  watch: async () => (await import('./commands/watch.ts')).watchCommand,
};

const loaded = new Map<string, Command>();

/**
 * The command of this name, or undefined when there is none. A second time it takes no time at all, real or virtual.
 */
export const loadCommand = async (name: string): Promise<Command | undefined> => {
  const command = loaded.get(name) ?? (await load(name));
  if (command !== undefined) loaded.set(name, command);
  return command;
};

const load = async (name: string): Promise<Command | undefined> => {
  if (Object.hasOwn(loaders, name)) return loaders[name]?.();
  const { commands } = await import('./commands.ts');
  return commands.find((command) => command.name === name);
};
