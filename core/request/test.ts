import type { TestRequest } from '../vocabulary/request.types.ts';
import { DEFAULT_TEST_MS } from './defaults.ts';
import { readRoute } from './read-arn.ts';
import { objectSchema, optional, type Read, reading, readObject, readText } from './read-field.ts';
import { readBake } from './shifts.ts';

/** `test`: the route by which green is tried before any user meets it. */

const readers = {
  route: readRoute,
  url: optional(readText(/^https?:\/\/[\x21-\x7e]{1,1000}$/, 'a URL that begins with http:// or https://')),
  for: optional(readBake),
};

export const readTest: Read<TestRequest> = reading(
  objectSchema(readers, ['route']),
  (value, path, problems) => {
    const fields = readObject(Object.keys(readers), 'an object with route')(value, path, problems);
    if (fields === undefined) return undefined;
    const route = readers.route(fields.route, `${path}.route`, problems);
    const url = readers.url(fields.url, `${path}.url`, problems);
    const forMs = readers.for(fields.for, `${path}.for`, problems) ?? DEFAULT_TEST_MS;
    if (route === undefined) return undefined;
    return { route, ...(url === undefined ? {} : { url }), forMs };
  },
);
