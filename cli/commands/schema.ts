import { configDocumentSchema, requestDocumentSchema } from '../account/config-schema.ts';
import { onlyPositional } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { readChoice } from '../usage-error.ts';

const documents = { config: configDocumentSchema, request: requestDocumentSchema } as const;

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of cutover.yaml or of a request, for an editor',
  usage: 'config|request',
  exits: [0, 1],
  options: {},
  examples: [
    {
      line: 'cutover schema config > cutover.schema.json',
      description: 'beside cutover.yaml, whose first line names it',
    },
    { line: 'cutover schema request > request.schema.json', description: 'for request.json' },
  ],
  run: async (args, terminal) => {
    const which = readChoice('schema', onlyPositional(args, 'config or request', 'schema'), [
      'config',
      'request',
    ]);
    terminal.out(`${JSON.stringify(documents[which](), null, 2)}\n`);
    return EXIT_OK;
  },
};
