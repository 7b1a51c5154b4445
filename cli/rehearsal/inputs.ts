import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseRequest } from '../../core/request/request.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import { loadWorld } from '../../sim/load-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { parseJson } from '../../sim/world-files/read-members.ts';
import { UsageError } from '../usage-error.ts';

export type Inputs = {
  /** As the file has it: an execution's input is not parsed before it starts. */
  input: unknown;
  request: DeploymentRequest;
  world: WorldSeed;
  worldPath: string;
};

/** Reads a request and its world; a UsageError names everything that is wrong with either. */
export const readInputs = (requestPath: string, givenWorld: string | undefined): Inputs => {
  const { input, request } = readRequest(requestPath);
  const worldPath = givenWorld ?? worldBeside(requestPath);
  const loaded = loadWorld(worldPath);
  if (!loaded.ok) {
    throw new UsageError(`the world ${worldPath} cannot be used`, {
      problems: loaded.problems,
      hint: 'docs/worlds.md has the commands that write these files',
    });
  }
  return { input, request, world: loaded.seed, worldPath };
};

const readRequest = (path: string): { input: unknown; request: DeploymentRequest } => {
  const parsed = parseJson(path);
  if (!parsed.ok) throw new UsageError(parsed.problem);

  const read = parseRequest(parsed.value);
  if (!read.ok) {
    throw new UsageError(`${path} is not a deployment request`, {
      problems: read.problems.map(
        ({ path: field, expected, found, hint }) =>
          `${field}: expected ${expected}, found ${found}${hint === undefined ? '' : `. ${hint}`}`,
      ),
      hint: 'docs/request.md describes every field',
    });
  }
  return { input: parsed.value, request: read.request };
};

/** The `world` directory, or else `world.json`, in the request's directory. */
const worldBeside = (requestPath: string): string => {
  const directory = join(dirname(requestPath), 'world');
  if (existsSync(directory)) return directory;
  const file = `${directory}.json`;
  if (existsSync(file)) return file;
  throw new UsageError(`expected a world beside ${requestPath}: neither ${directory} nor ${file} exists`, {
    hint: 'give one with --world; examples/snapshot.sh writes one from a real account (docs/worlds.md)',
  });
};
