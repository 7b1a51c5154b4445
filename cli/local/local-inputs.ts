import { fileURLToPath } from 'node:url';
import { localProblems } from '../../local/check-world.ts';
import { type LocalFile, loadLocalFile, localFileOf } from '../../local/local-file.ts';
import { loadWorld } from '../../sim/load-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** The world of the sample shop, for the one who gives none. */
export const SAMPLE_WORLD = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));

export const DEFAULT_PORT = 4570;
/** At more, what takes a handler a tenth of a second is already several seconds of the world. */
const FASTEST = 30;

type LocalInputs = { world: WorldSeed; worldPath: string; programs: LocalFile };

/** Reads a world and its local.json; a UsageError names everything that is wrong with either. */
export const readLocalInputs = (worldPath: string): LocalInputs => {
  const loaded = loadWorld(worldPath);
  const programs = loadLocalFile(localFileOf(worldPath));
  const problems = [
    ...(loaded.ok ? [] : loaded.problems),
    ...(programs.ok ? [] : programs.problems),
    ...(loaded.ok && programs.ok ? localProblems(loaded.seed, programs.file) : []),
  ];
  if (!loaded.ok || !programs.ok || problems.length > 0) {
    throw new UsageError(`the world ${worldPath} cannot be run here`, {
      problems,
      hint: 'docs/local.md describes local.json, docs/worlds.md the other files',
    });
  }
  return { world: loaded.seed, worldPath, programs: programs.file };
};

const numberOf = (args: Arguments, name: string, usual: number, least: number, most: number): number => {
  const given = args.text(name);
  const number = given === undefined ? usual : Number(given);
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  throw new UsageError(`--${name}: expected a number from ${least} to ${most}, found "${given}"`);
};

export const speedOf = (args: Arguments): number => numberOf(args, 'speed', 1, 1, FASTEST);
export const portOf = (args: Arguments): number => numberOf(args, 'port', DEFAULT_PORT, 1, 65_000);
