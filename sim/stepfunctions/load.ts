import type { Definition, State } from './definition.types.ts';
import { type Fields, fields, list, loadLimit, only, text } from './fields.ts';
import { loadTask } from './load-task.ts';
import { parsePath, parseTemplate } from './paths.ts';

/** The fields of the Amazon States Language that this interpreter gives a meaning to, by state type. */
const interpretedFields: Readonly<Record<string, readonly string[]>> = {
  Pass: ['Parameters', 'Next'],
  Task: [
    'Resource',
    'Parameters',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'ResultPath',
    'Retry',
    'Catch',
    'Next',
  ],
  Choice: ['Choices', 'Default'],
  Wait: ['Seconds', 'SecondsPath', 'Next'],
  Succeed: [],
  Fail: ['Error', 'CausePath'],
};

/** Fills `${Name}` from `resources`, as infra's definitionSubstitutions do. @throws naming one that is not there. */
export const substitute = (text: string, resources: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = resources[name];
    if (value === undefined)
      throw new Error(`the definition uses \${${name}}, which is not in the resources`);
    return value;
  });

const loadChoice = (name: string, state: Fields, where: string): State => ({
  type: 'Choice',
  name,
  choices: list(state.Choices, `${where}, Choices`).map((value, at) => {
    const choice = fields(value, `${where}, Choice ${at}`);
    only(choice, ['Variable', 'StringEquals', 'Next'], `${where}, Choice ${at}`);
    return {
      variable: parsePath(choice.Variable, `${where}, Choice ${at}`),
      equals: text(choice.StringEquals, `${where}, Choice ${at}, StringEquals`),
      next: text(choice.Next, `${where}, Choice ${at}, Next`),
    };
  }),
  ...(state.Default === undefined ? {} : { default: text(state.Default, `${where}, Default`) }),
});

const loadState = (name: string, value: unknown, stepOf: (arn: string) => string): State => {
  const where = `state ${name}`;
  const state = fields(value, where);
  const type = text(state.Type, `${where}, Type`);
  const allowed = interpretedFields[type];
  if (allowed === undefined) throw new Error(`sim does not model the type ${type} of ${where}`);
  only(state, ['Type', 'Comment', ...allowed], where);

  switch (type) {
    case 'Task':
      return loadTask(name, state, stepOf, where);
    case 'Choice':
      return loadChoice(name, state, where);
    case 'Wait': {
      const wait = loadLimit(state, 'Seconds', where);
      if (wait === undefined) throw new Error(`${where} must have Seconds or SecondsPath`);
      return { type, name, wait, next: text(state.Next, `${where}, Next`) };
    }
    case 'Pass': {
      const parameters =
        state.Parameters === undefined ? {} : { parameters: parseTemplate(state.Parameters, where) };
      return { type, name, ...parameters, next: text(state.Next, `${where}, Next`) };
    }
    case 'Succeed':
      return { type, name };
    default:
      return {
        type: 'Fail',
        name,
        ...(state.Error === undefined ? {} : { error: text(state.Error, `${where}, Error`) }),
        ...(state.CausePath === undefined
          ? {}
          : { causePath: parsePath(state.CausePath, `${where}, CausePath`) }),
      };
  }
};

/** Every state that a state may hand over to. */
export const successors = (state: State): string[] => {
  switch (state.type) {
    case 'Task':
      return [state.next, ...state.catch.map((catcher) => catcher.next)];
    case 'Choice':
      return [
        ...state.choices.map((choice) => choice.next),
        ...(state.default === undefined ? [] : [state.default]),
      ];
    case 'Pass':
    case 'Wait':
      return [state.next];
    case 'Succeed':
    case 'Fail':
      return [];
    default:
      return state satisfies never;
  }
};

/**
 * Reads a definition, refusing every field it does not interpret and every transition to nowhere, with the
 * state's and the field's name. `resources` maps `XArn` to the ARN of step X's function.
 */
export const loadDefinition = (
  definition: unknown,
  resources: Readonly<Record<string, string>>,
): Definition => {
  const written = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const machine = fields(JSON.parse(substitute(written, resources)), 'the definition');
  only(machine, ['Comment', 'StartAt', 'States'], 'the definition');
  const steps = new Map(Object.entries(resources).map(([key, arn]) => [arn, key.replace(/Arn$/, '')]));
  const stepOf = (arn: string): string => {
    const step = steps.get(arn);
    if (step === undefined)
      throw new Error(`sim does not model the Resource ${arn}: it is not in the resources`);
    return step;
  };

  const states = Object.fromEntries(
    Object.entries(fields(machine.States, 'States')).map(([name, value]) => [
      name,
      loadState(name, value, stepOf),
    ]),
  );
  const startAt = text(machine.StartAt, 'StartAt');
  const targets = [
    { from: 'StartAt', to: startAt },
    ...Object.values(states).flatMap((state) => successors(state).map((to) => ({ from: state.name, to }))),
  ];
  const astray = targets.find(({ to }) => states[to] === undefined);
  if (astray !== undefined) throw new Error(`${astray.from} leads to ${astray.to}, which is not a state`);
  return { startAt, states };
};
