import { describe, expect, test } from 'vitest';
import { loadDefinition, substitute } from '../../../sim/stepfunctions/load.ts';
import { arnOf } from './a-machine.ts';

const resources = { GoArn: 'arn:aws:lambda:::function:Go' };
const go = { Type: 'Task', Resource: arnOf('Go'), Next: 'Done' };
const load = (Go: unknown, more: Record<string, unknown> = {}) =>
  loadDefinition({ StartAt: 'Go', States: { Go, Done: { Type: 'Succeed' } }, ...more }, resources);

test('a definition is loaded from its text as well as from its object', () => {
  const fromText = loadDefinition(
    JSON.stringify({ StartAt: 'Go', States: { Go: go, Done: { Type: 'Succeed' } } }),
    resources,
  );

  expect(fromText).toEqual(load(go));
  expect(fromText.states.Go).toMatchObject({
    step: 'Go',
    call: 'lambda',
    next: 'Done',
    retry: [],
    catch: [],
  });
});

test('a resource that has no value is refused', () => {
  expect(() => substitute(`{"a": "${arnOf('Gone')}"}`, resources)).toThrow(/uses \$\{GoneArn\}/);
});

describe('what is not interpreted is refused by name', () => {
  const choice = { Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 'b', Next: 'Done' }] };
  test.each([
    ['a state type', { Type: 'Parallel', Branches: [] }, 'the type Parallel of state Go'],
    ['a Task field', { ...go, HeartbeatSeconds: 5 }, 'the field HeartbeatSeconds of state Go'],
    ['a result selector', { ...go, ResultSelector: {} }, 'the field ResultSelector of state Go'],
    ['an end', { Type: 'Task', Resource: arnOf('Go'), End: true }, 'the field End of state Go'],
    ['Parameters of a function', { ...go, Parameters: {} }, 'the field Parameters of state Go'],
    [
      'another resource',
      { ...go, Resource: 'arn:aws:states:::sqs:sendMessage' },
      'the Resource arn:aws:states:::sqs',
    ],
    ['a null ResultPath', { ...go, ResultPath: null }, 'the path null of state Go, ResultPath'],
    [
      'a retry field',
      { ...go, Retry: [{ ErrorEquals: ['A'], Foo: 1 }] },
      'the field Foo of state Go, Retry 0',
    ],
    [
      'a catch field',
      { ...go, Catch: [{ ErrorEquals: ['A'], Next: 'Done', Assign: {} }] },
      'the field Assign of state Go, Catch 0',
    ],
    [
      'a comparison',
      { ...choice, Choices: [{ Variable: '$.a', IsNull: true, Next: 'Done' }] },
      'the field IsNull',
    ],
    ['a timestamp', { Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z', Next: 'Done' }, 'the field Timestamp'],
    ['a fixed cause', { Type: 'Fail', Cause: 'x' }, 'the field Cause of state Go'],
    ['a fixed result', { Type: 'Pass', Result: 1, Next: 'Done' }, 'the field Result of state Go'],
  ])('%s', (_what, state, message) => {
    expect(() => load(state)).toThrow(`sim does not model ${message}`);
  });

  test('a field of the machine', () => {
    expect(() => load(go, { TimeoutSeconds: 60 })).toThrow(
      'sim does not model the field TimeoutSeconds of the definition',
    );
  });
});

describe('what AWS would refuse is refused', () => {
  const caught = { ErrorEquals: ['States.ALL'], Next: 'Done' };
  test.each([
    ['a transition to nowhere', { ...go, Next: 'Nowhere' }, 'Go leads to Nowhere'],
    ['a catch to nowhere', { ...go, Catch: [{ ...caught, Next: 'Nowhere' }] }, 'Go leads to Nowhere'],
    [
      'States.ALL with others',
      { ...go, Catch: [{ ...caught, ErrorEquals: ['A', 'States.ALL'] }] },
      'States.ALL alone',
    ],
    [
      'States.ALL not last',
      { ...go, Catch: [caught, { ...caught, ErrorEquals: ['A'] }] },
      'in the last clause',
    ],
    ['two timeouts', { ...go, TimeoutSeconds: 1, TimeoutSecondsPath: '$.a' }, 'found both'],
    ['a wait without a time', { Type: 'Wait', Next: 'Done' }, 'must have Seconds or SecondsPath'],
    [
      'an unknown jitter',
      { ...go, Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'SOME' }] },
      'must be FULL or NONE',
    ],
    ['writing the context', { ...go, ResultPath: '$$.Task' }, 'must start with $.'],
  ])('%s', (_what, state, message) => {
    expect(() => load(state)).toThrow(message);
  });
});
