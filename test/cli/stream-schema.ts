import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

type Schema = {
  $defs: { types: Record<string, { type: 'object'; unevaluatedProperties?: false }> };
};

const read = (): Schema =>
  JSON.parse(readFileSync(new URL('../../docs/events-stream.schema.json', import.meta.url), 'utf8'));

/**
 * Programs have to tolerate members they do not know. Here one that the schema does not know is a promise nobody
 * made.
 */
const strict = (): Schema => {
  const schema = read();
  for (const one of Object.values(schema.$defs.types)) one.unevaluatedProperties = false;
  return schema;
};

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
ajv.addSchema(strict(), 'stream');

export const streamTypes: readonly string[] = Object.keys(read().$defs.types);

/** What is wrong with one line of a stream; empty when nothing is. */
const problemsOf = (line: string): string[] => {
  const { type }: { type?: string } = JSON.parse(line);
  const validate = ajv.getSchema(`stream#/$defs/types/${type}`);
  if (validate === undefined) return [`the schema has no ${type}: ${line}`];
  if (validate(line === '' ? null : JSON.parse(line))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${type}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

/** What docs/events-stream.schema.json says against what a command with `--json` has printed. */
export const streamProblems = (out: string): string[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .flatMap(problemsOf);
