import { objectSchema, type Schema } from '../../core/request/read-field.ts';
import { requestSchema } from '../../core/request/request.ts';
import { ownReaders, SHARED } from './config.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

type Properties = Record<string, { schema: Schema }>;

/** The fields of a request, as cutover.yaml may have them: some of them, because an environment adds to its service. */
const fields = (): Properties => {
  const { service, ...rest } = requestSchema.properties as Record<string, Schema>;
  const entries = Object.entries({ service, ...rest }).map(([name, schema]) => [name, { schema }]);
  return {
    ...(Object.fromEntries(entries) as Properties),
    // Here it may also be a file's path.
    taskDefinition: {
      schema: { type: 'string', description: 'a JSON file, or a family, family:revision or ARN' },
    },
    ...ownReaders,
  };
};

const byName = (schema: Schema): Schema => ({
  type: 'object',
  minProperties: 1,
  additionalProperties: schema,
});

/** For an editor: what a request.json may have. */
export const requestDocumentSchema = (): Schema => ({
  $schema: DRAFT,
  title: 'A deployment request of Cutover (docs/request.md)',
  ...requestSchema,
});

/** For an editor: what a cutover.yaml may have. */
export const configDocumentSchema = (): Schema => {
  const environment = { anyOf: [objectSchema(fields()), { type: 'null' }] };
  const service = objectSchema({ ...fields(), environments: { schema: byName(environment) } }, [
    'environments',
  ]);
  return {
    $schema: DRAFT,
    title: 'The services that Cutover deploys (docs/cli.md)',
    ...objectSchema({ services: { schema: byName(service) } }, ['services']),
    patternProperties: { [SHARED.source]: {} },
  };
};
