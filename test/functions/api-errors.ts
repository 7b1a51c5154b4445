import { expect, test } from 'vitest';
import type { ErrorName } from '../../core/errors.ts';
import type { StepInput, StepName, StepResult } from '../../statemachine/contract.ts';
import { awsError, lostResponse } from '../aws/an-invocation.ts';
import { aLeaseOf, LEASE } from '../builders/dynamodb.ts';
import { aHost } from './a-handler.ts';
import { DEPLOYMENT } from './a-plan.ts';
import { type AwsWorld, answerFrom } from './answers.ts';
import { failing, losingTheAnswerOf } from './faults.ts';
import { forgetSent, sentOperations, writes } from './sent-commands.ts';

/** What every step owes the world when AWS does not answer as wished, reported once and tried on each. */

type Situation<Name extends StepName> = {
  run: (input: StepInput<Name>, host?: ReturnType<typeof aHost>) => Promise<StepResult<Name>>;
  /** A fresh world and the step's input in it. */
  given: () => { world: AwsWorld; input: StepInput<Name> };
  /** Every operation that the step sends then. */
  operations: string[];
  /**
   * `<operation> <error>` or `<operation>` where the error means something to the step: what comes of it, or null
   * when it continues.
   */
  except?: Record<string, ErrorName | null>;
  /** Operations that nothing depends on: whatever becomes of them, the step continues as if they had been answered. */
  unimportant?: string[];
  /** What of the world a repeat may not change; all of it but the events unless said otherwise. */
  lasting?: (world: AwsWorld) => unknown;
};

const refusals: [how: string, error: () => Error, name: ErrorName][] = [
  ['throttled beyond every retry', () => awsError('ThrottlingException', 'Rate exceeded'), 'Throttled'],
  ['failing', () => awsError('InternalServerError', 'oops', 500), 'Unavailable'],
  ['without an answer', lostResponse, 'Unavailable'],
  ['denied', () => awsError('AccessDeniedException', 'not allowed'), 'AccessDenied'],
  ['about something AWS does not know', () => awsError('ResourceNotFoundException'), 'NotFound'],
  ['in conflict with the present state', () => awsError('ConflictException'), 'Conflict'],
  ['refused for its parameters', () => awsError('ValidationException'), 'Rejected'],
];

/** The same event twice is no change: EventBridge itself delivers at least once. */
const besidesEvents = ({ events: _published, ...world }: AwsWorld): unknown => world;

/** Its waits take no time, so that what a step leaves can be compared to the last millisecond. */
const aStillHost = () => {
  const host = aHost();
  return { ...host, clock: { ...host.clock, sleep: async () => {} } };
};

export const meetsApiErrors = <Name extends StepName>({
  run,
  given,
  operations,
  except = {},
  unimportant = [],
  lasting = besidesEvents,
}: Situation<Name>): void => {
  /** A run without trouble, and the world it leaves: the same each time, so once is enough. */
  const once = async () => {
    const { world, input } = given();
    answerFrom(world);
    const result = await run(input, aStillHost());
    return { world, result, sent: sentOperations(), written: writes().map(([operation]) => operation) };
  };
  let known: ReturnType<typeof once> | undefined;
  const undisturbed = () => {
    known ??= once();
    return known;
  };
  const outcomeOf = (operation: string, name: ErrorName): ErrorName | null => {
    if (unimportant.includes(operation)) return null;
    const special = except[`${operation} ${name}`];
    if (special !== undefined) return special;
    const handled = except[operation];
    return handled === undefined ? name : handled;
  };
  const errors = operations.flatMap((operation) =>
    refusals.flatMap(([how, error, name]) => {
      const outcome = outcomeOf(operation, name);
      return outcome === null ? [] : [{ operation, how, error, outcome }];
    }),
  );

  test('these are all the operations it sends, none is left untried', async () => {
    const { sent } = await undisturbed();

    expect(new Set(sent)).toEqual(new Set(operations));
  });

  test.each(operations)(
    '%s that is throttled once is tried again, and all continues as without it',
    async (operation) => {
      const expected = await undisturbed();
      const { world, input } = given();
      answerFrom(world);
      failing(operation, awsError('ThrottlingException', 'Rate exceeded'), 1);
      const host = aStillHost();

      const result = await run(input, host);

      expect(result).toEqual(expected.result);
      expect(lasting(world)).toEqual(lasting(expected.world));
      expect(host.logs).toMatchObject([{ message: `${operation} is tried again`, attempt: 1 }]);
    },
  );

  test.each(operations)(
    '%s whose answer is lost is sent again, and the world is as after one',
    async (operation) => {
      const expected = await undisturbed();
      const { world, input } = given();
      answerFrom(world);
      losingTheAnswerOf(operation);

      const result = await run(input, aStillHost());

      expect(result).toEqual(expected.result);
      expect(lasting(world)).toEqual(lasting(expected.world));
      expect(sentOperations().length).toBeGreaterThan(expected.sent.length);
    },
  );

  test.each(errors)(
    '$operation that is $how ends the step as $outcome, reported once, and no write follows',
    async (one) => {
      const { operation, error, outcome } = one;
      const expected = await undisturbed();
      const { world, input } = given();
      answerFrom(world);
      failing(operation, error());
      const host = aStillHost();

      const thrown: unknown = await run(input, host).catch((reason: unknown) => reason);

      expect(thrown).toMatchObject({ name: outcome });
      if (outcome === 'AccessDenied')
        expect(thrown).toHaveProperty('message', expect.stringContaining(`:${operation} `));
      const first = expected.written.indexOf(operation);
      const before = first < 0 ? expected.written : expected.written.slice(0, first);
      const others = writes()
        .map(([name]) => name)
        .filter((name) => name !== operation);
      expect(before.slice(0, others.length)).toEqual(others);
      if (first >= 0) expect(others).toHaveLength(before.length);
      expect(host.logs.filter((entry) => entry.error === outcome)).toHaveLength(1);
    },
  );

  const shrugged = unimportant.flatMap((operation) =>
    refusals.map(([how, error]) => ({ operation, how, error })),
  );
  if (shrugged.length > 0) {
    test.each(shrugged)('$operation that is $how changes nothing', async ({ operation, error }) => {
      const expected = await undisturbed();
      const { world, input } = given();
      answerFrom(world);
      failing(operation, error());

      const result = await run(input, aStillHost());

      expect(result).toEqual(expected.result);
      const kept = (left: AwsWorld): unknown => lasting({ ...left, events: [] });
      expect(kept(world)).toEqual(kept(expected.world));
    });
  }
};

/** The one who lost the lease may write no more. */
export const refusesWithoutLease = <Name extends StepName>({
  run,
  given,
}: Pick<Situation<Name>, 'run' | 'given'>): void => {
  test.each([
    ['another deployment holds', aLeaseOf('deploy-9')],
    ['another execution of this deployment took over', aLeaseOf(DEPLOYMENT, 'arn:recovery')],
    ['nobody holds', undefined],
  ])('a lease that %s stops the step before its write', async (_whose, item) => {
    const { world, input } = given();
    answerFrom(world);
    if (item === undefined) delete world.items[LEASE];
    else world.items[LEASE] = item;
    const before = structuredClone(world);

    await expect(run(input)).rejects.toMatchObject({ name: 'LeaseLost' });

    expect(writes()).toEqual([]);
    expect(world).toEqual(before);
  });
};

/**
 * Runs the step again on the world that it left: nothing more may change. `rewrites`: what it may write again as it
 * is.
 */
export const changesNothingTheSecondTime = <Name extends StepName>({
  run,
  given,
  rewrites = [],
  lasting = besidesEvents,
}: Pick<Situation<Name>, 'run' | 'given' | 'lasting'> & { rewrites?: string[] }): void => {
  test('run twice, the second run changes nothing more', async () => {
    const { world, input } = given();
    answerFrom(world);
    await run(input);
    const after = structuredClone(world);
    forgetSent();

    await run(input);

    expect(lasting(world)).toEqual(lasting(after));
    expect(writes().map(([operation]) => operation)).toEqual(rewrites);
  });
};
