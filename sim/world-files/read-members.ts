import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeText } from '../../core/decode-text.ts';
import { foundText, type MemberKind, memberKinds, shapeProblems } from './shapes.ts';

/** One file of a world (or one key of a bundled one), parsed and of the right shape. */
export type Member = {
  /** As the user calls it, for messages: `world/describe-services.json`. */
  where: string;
  kind: MemberKind;
  /** What follows the kind in the name: `shop-blue` of `describe-target-group-attributes.shop-blue.json`. */
  suffix: string;
  // biome-ignore lint/suspicious/noExplicitAny: shapes.ts has checked the members that assemble.ts takes
  value: any;
};

type Members = { members: Member[]; problems: string[] };

/** Not of the account: which programs stand for its images (docs/local.md). */
export const PROGRAMS_FILE = 'local.json';

/** A directory of files, or one JSON file whose keys are the names those files would have (without `.json`). */
export const readMembers = (path: string): Members => {
  const stat = statOf(path);
  if (stat === undefined) {
    return failed(
      `${path}: expected a world (a directory or a JSON file), found nothing there; docs/worlds.md ` +
        'says how to make one',
    );
  }
  return stat.isDirectory() ? readDirectory(path) : readBundle(path);
};

/** Nothing, too, is at a path that no file system takes: one that is too long, or has a NUL. */
const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

const readDirectory = (path: string): Members => {
  // Sorted: the order in which a file system lists names must not change a run.
  const files = readdirSync(path)
    .filter((file) => file.endsWith('.json') && file !== PROGRAMS_FILE)
    .sort();
  if (files.length === 0) {
    return failed(`${path}: expected files such as describe-services.json, found no .json file in it`);
  }

  const read = files.map((file): Members => {
    const where = join(path, file);
    const parsed = parseJson(where);
    return parsed.ok ? memberOf(where, basename(file, '.json'), parsed.value) : failed(parsed.problem);
  });
  return joined(read);
};

const readBundle = (path: string): Members => {
  const parsed = parseJson(path);
  if (!parsed.ok) return failed(parsed.problem);
  if (parsed.value === null || typeof parsed.value !== 'object' || Array.isArray(parsed.value)) {
    return failed(
      `${path}: expected an object with members such as "describe-services", found ${foundText(parsed.value)}`,
    );
  }
  return membersOf(path, parsed.value);
};

/** The members of a world that is one object. */
export const membersOf = (path: string, value: object): Members =>
  joined(Object.entries(value).map(([name, member]) => memberOf(`${path} "${name}"`, name, member)));

const memberOf = (where: string, name: string, value: unknown): Members => {
  const kind = kindOf(name);
  if (kind === undefined) {
    return failed(
      `${where}: expected a name that starts with one of ${memberKinds.join(', ')}; rename or remove it`,
    );
  }
  const problems = shapeProblems(kind, value).map((problem) => `${where}: ${problem}`);
  if (problems.length > 0) return { members: [], problems };
  return {
    members: [{ where, kind, suffix: name.slice(kind.length).replace(/^[.-]/, ''), value }],
    problems: [],
  };
};

/** The kind is the whole name, or what stands before its first `.` or the `-` after a kind. */
const kindOf = (name: string): MemberKind | undefined =>
  memberKinds
    .filter((kind) => name === kind || name.startsWith(`${kind}.`) || name.startsWith(`${kind}-`))
    .sort((a, b) => b.length - a.length)[0];

type Parsed = { ok: true; value: unknown } | { ok: false; problem: string };

export const parseJson = (path: string): Parsed => {
  let text: string;
  try {
    text = decodeText(readFileSync(path));
  } catch (error) {
    return { ok: false, problem: `${path}: ${whyUnreadable(error as NodeJS.ErrnoException)}` };
  }
  if (text.trim() === '') {
    return {
      ok: false,
      problem: `${path}: expected JSON, found an empty file: the command that wrote it failed; run it again`,
    };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return {
      ok: false,
      problem: `${path}: expected JSON (of the AWS CLI: --output json): ${(error as Error).message}`,
    };
  }
};

const whyUnreadable = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === 'ENOENT') return 'expected a file, found nothing there';
  if (code === 'EISDIR') return 'expected a file, found a directory';
  return `cannot be read: ${message}`;
};

const failed = (problem: string): Members => ({ members: [], problems: [problem] });

const joined = (parts: Members[]): Members => ({
  members: parts.flatMap((part) => part.members),
  problems: parts.flatMap((part) => part.problems),
});
