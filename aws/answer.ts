import { DeploymentError } from '../core/errors.ts';

/**
 * A field that AWS always sends but the SDK's types make optional. Its absence is an answer we cannot
 * use, and no default would be true.
 */
export const required = <Value>(value: Value | undefined, field: string, what: string): Value => {
  if (value !== undefined) return value;
  throw new DeploymentError(
    'Unavailable',
    `Could not ${what}: expected ${field} in the answer of AWS, found none. If this continues, see the ` +
      'AWS Health Dashboard.',
  );
};

type Defined<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> };

/** The fields that have a value: our own types say "absent" where the SDK says `undefined`. */
export const defined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
