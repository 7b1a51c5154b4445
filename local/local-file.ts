import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isObject } from '../core/is-object.ts';
import { PROGRAMS_FILE, parseJson } from '../sim/world-files/read-members.ts';

/** How an image is run here: a program instead of a container. */
export type Program = {
  /** Of the image, as a task definition has it: exact, or with `${tag}` for any tag. */
  image: string;
  /**
   * The program and its arguments; never through a shell. `node` is the Node that Cutover runs on. Empty: its
   * containers are left out, and count as running.
   */
  command: string[];
  directory: string;
  environment: Record<string, string>;
  /**
   * Stands for the command of the container's health check: it passes with exit code 0. Absent: a program that lives
   * passes.
   */
  healthCheck?: string[];
};

/** A Lambda function that hooks name, run here as a program. */
export type FunctionProgram = {
  /** As the request's hook has it. */
  functionArn: string;
  command: string[];
  directory: string;
  environment: Record<string, string>;
};

/** The programs of a world, from its local.json. */
export type LocalFile = { path: string; programs: Program[]; functions: FunctionProgram[] };

type Loaded = { ok: true; file: LocalFile } | { ok: false; problems: string[] };

/** Inside the world's directory, or beside its one file. */
export const localFileOf = (worldPath: string): string =>
  join(
    statSync(worldPath, { throwIfNoEntry: false })?.isDirectory() ? worldPath : dirname(worldPath),
    PROGRAMS_FILE,
  );

const foundText = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Reads local.json; all of its problems at once. */
export const loadLocalFile = (path: string): Loaded => {
  if (!existsSync(path)) {
    return {
      ok: false,
      problems: [
        `${path}: expected a file that maps images to programs, found nothing there; docs/local.md describes it`,
      ],
    };
  }
  const parsed = parseJson(path);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  if (!isObject(parsed.value) || !isObject(parsed.value.images)) {
    return { ok: false, problems: [`${path}: expected an object with the member "images"`] };
  }
  const { images, functions: named = {}, ...others } = parsed.value;
  const problems = Object.keys(others).map(
    (name) => `${path}: expected only the members "images" and "functions", found "${name}"`,
  );
  const programs: Program[] = [];
  for (const [image, value] of Object.entries(images as Record<string, unknown>)) {
    const read = readProgram(path, image, value);
    if (typeof read === 'string') problems.push(read);
    else programs.push(read);
  }
  const functions: FunctionProgram[] = [];
  if (!isObject(named)) problems.push(`${path}: functions: expected an object, found ${foundText(named)}`);
  for (const [functionArn, value] of isObject(named) ? Object.entries(named) : []) {
    const read = readRunnable(path, `functions["${functionArn}"]`, value, FUNCTION_MEMBERS);
    if (typeof read === 'string') problems.push(read);
    else functions.push({ functionArn, ...read });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, file: { path, programs, functions } };
};

const FUNCTION_MEMBERS = ['command', 'directory', 'environment'];
const MEMBERS = [...FUNCTION_MEMBERS, 'healthCheck'];

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const isText = (value: unknown): value is string => typeof value === 'string';

const isCommand = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText);

type Runnable = Pick<Program, 'command' | 'directory' | 'environment'>;

const readProgram = (path: string, image: string, value: unknown): Program | string => {
  if (value === null) return { image, command: [], directory: dirname(path), environment: {} };
  const read = readRunnable(
    path,
    `images["${image}"]`,
    value,
    MEMBERS,
    ', or null to leave its containers out',
  );
  if (typeof read === 'string') return read;
  const { healthCheck } = value as Record<string, unknown>;
  if (healthCheck === undefined) return { image, ...read };
  if (isCommand(healthCheck)) return { image, ...read, healthCheck };
  return (
    `${path}: images["${image}"].healthCheck: expected a list of strings such as ["node", "check.mjs"], found ` +
    `${foundText(healthCheck)}`
  );
};

/** What is started for an image or a function. */
const readRunnable = (
  path: string,
  name: string,
  value: unknown,
  members: readonly string[],
  orElse = '',
): Runnable | string => {
  const where = `${path}: ${name}`;
  if (!isObject(value)) return `${where}: expected an object${orElse}; found ${foundText(value)}`;
  const stranger = Object.keys(value).find((member) => !members.includes(member));
  if (stranger !== undefined) return `${where}: expected ${members.join(', ')}, found "${stranger}"`;
  const { command, directory = '.', environment = {} } = value;
  if (!isCommand(command)) {
    return `${where}.command: expected a list of strings such as ["node", "shop.mjs"], found ${foundText(command)}`;
  }
  if (!isText(directory)) return `${where}.directory: expected a path, found ${foundText(directory)}`;
  const from = resolve(dirname(path), directory);
  if (!isDirectory(from))
    return `${where}.directory: expected a directory to start the program in, found none at ${from}`;
  if (!isObject(environment) || !Object.values(environment).every(isText)) {
    return `${where}.environment: expected an object of strings, found ${foundText(environment)}`;
  }
  return { command, directory: from, environment: environment as Record<string, string> };
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write in local.json
const TAG = '${tag}';

/** The tag of an image that the pattern takes; '' for one that is exact. */
const tagIn = (pattern: string, image: string): string | undefined => {
  if (pattern === image) return '';
  const at = pattern.indexOf(TAG);
  if (at < 0) return undefined;
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + TAG.length)];
  if (!image.startsWith(before) || !image.endsWith(after)) return undefined;
  const tag = image.slice(before.length, image.length - after.length);
  // What Docker takes as a tag: nothing of it means anything to a file system or an option parser.
  return /^\w[\w.-]{0,127}$/.test(tag) ? tag : undefined;
};

/** The program of an image, its tag filled in: one that names the image exactly comes first. */
export const programFor = (programs: readonly Program[], image: string): Program | undefined => {
  const exact = programs.find((program) => program.image === image);
  if (exact !== undefined) return exact;
  for (const program of programs) {
    const tag = tagIn(program.image, image);
    if (tag === undefined) continue;
    const filled = (text: string): string => text.replaceAll(TAG, tag);
    return {
      ...program,
      command: program.command.map(filled),
      ...(program.healthCheck === undefined ? {} : { healthCheck: program.healthCheck.map(filled) }),
      environment: Object.fromEntries(
        Object.entries(program.environment).map(([name, text]) => [name, filled(text)]),
      ),
    };
  }
  return undefined;
};
