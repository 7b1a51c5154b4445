/**
 * `CreateTaskSet`, of the SDK's command. Read from the command's schema, because a bundler renames classes. The
 * schema is not a documented interface of the SDK, so the class name stands in when it changes.
 */
export const operationNameOf = (command: object): string => {
  const schema: unknown = 'schema' in command ? command.schema : undefined;
  const operation: unknown = Array.isArray(schema) ? schema[2] : undefined;
  return typeof operation === 'string' ? operation : command.constructor.name.replace(/Command$/, '');
};
