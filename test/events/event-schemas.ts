import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const DIRECTORY = new URL('../../docs/events/', import.meta.url);

type Schema = { $id: string; title: string; properties: { 'detail-type'?: { const: string } } };

const schemas: Schema[] = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.schema.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')));

/** Every schema knows the others, as they refer to each other. URIs are checked by being parsed. */
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addSchema(schemas);

/** By detail type. */
export const validators = new Map(
  schemas.flatMap(({ $id, properties }): [string, ValidateFunction][] => {
    const type = properties['detail-type']?.const;
    const validate = ajv.getSchema($id);
    return type === undefined || validate === undefined ? [] : [[type, validate]];
  }),
);

export type Envelope = { source: string; 'detail-type': string; detail: unknown };

/** What is wrong with an event, as `/detail/actor must be string`; empty when nothing is. */
export const problemsOf = (event: Envelope): string[] => {
  const validate = validators.get(event['detail-type']);
  if (validate === undefined) return [`no schema is for ${event['detail-type']}`];
  if (validate(event)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};
