import type { FromRequest } from '../vocabulary/request.types.ts';
import { readTargetGroup } from './read-arn.ts';
import { objectSchema, optional, type Read, reading, readObject, readText } from './read-field.ts';

const readers = {
  service: readText(/^[A-Za-z0-9_-]{1,255}$/, 'the name of another service in the same cluster'),
  targetGroup: optional(readTargetGroup),
};

const schema = objectSchema(readers, ['service']);

/** The other service whose users a first deployment takes over. */
export const readFrom: Read<FromRequest> = reading(schema, (value, path, problems) => {
  const fields = readObject(Object.keys(readers), 'an object with service and targetGroup')(
    value,
    path,
    problems,
  );
  if (fields === undefined) return undefined;
  const service = readers.service(fields.service, `${path}.service`, problems);
  const targetGroup = readers.targetGroup(fields.targetGroup, `${path}.targetGroup`, problems);
  if (service === undefined) return undefined;
  return { service, ...(targetGroup === undefined ? {} : { targetGroup }) };
});
