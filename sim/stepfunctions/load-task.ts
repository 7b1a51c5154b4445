import type { Catcher, Path, Retrier, TaskState } from './definition.types.ts';
import { type Fields, fields, list, loadLimit, number, only, referencePath, text } from './fields.ts';
import { parsePath, parseTemplate } from './paths.ts';

const CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
const INVOKE = 'arn:aws:states:::lambda:invoke';
const ROOT = parsePath('$', 'ResultPath');

/** Where a result goes; absent: it replaces the whole state. */
const resultPath = ({ ResultPath: path }: Fields, where: string): Path =>
  path === undefined ? ROOT : referencePath(path, `${where}, ResultPath`);

/** States.ALL has to stand alone and in the last clause, or AWS refuses the definition. */
const errorEquals = (value: unknown, isLast: boolean, where: string): string[] => {
  const names = list(value, where).map((name) => text(name, where));
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw new Error(`${where} must have States.ALL alone and in the last clause`);
  }
  return names;
};

const loadRetrier = (value: unknown, isLast: boolean, where: string): Retrier => {
  const retrier = fields(value, where);
  only(
    retrier,
    ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
    where,
  );
  const jitter = retrier.JitterStrategy ?? 'NONE';
  if (jitter !== 'FULL' && jitter !== 'NONE') {
    throw new Error(`${where}, JitterStrategy must be FULL or NONE, found ${JSON.stringify(jitter)}`);
  }
  return {
    errorEquals: errorEquals(retrier.ErrorEquals, isLast, `${where}, ErrorEquals`),
    intervalSeconds: number(retrier.IntervalSeconds ?? 1, 1, `${where}, IntervalSeconds`),
    maxAttempts: number(retrier.MaxAttempts ?? 3, 0, `${where}, MaxAttempts`),
    backoffRate: number(retrier.BackoffRate ?? 2, 1, `${where}, BackoffRate`),
    ...(retrier.MaxDelaySeconds === undefined
      ? {}
      : { maxDelaySeconds: number(retrier.MaxDelaySeconds, 1, `${where}, MaxDelaySeconds`) }),
    jitter,
  };
};

const loadCatcher = (value: unknown, isLast: boolean, where: string): Catcher => {
  const catcher = fields(value, where);
  only(catcher, ['ErrorEquals', 'ResultPath', 'Next'], where);
  return {
    errorEquals: errorEquals(catcher.ErrorEquals, isLast, `${where}, ErrorEquals`),
    resultPath: resultPath(catcher, where),
    next: text(catcher.Next, `${where}, Next`),
  };
};

/** Finds whose function a Task invokes, and with what. */
const loadCall = (
  state: Fields,
  stepOf: (arn: string) => string,
  where: string,
): Pick<TaskState, 'step' | 'resource' | 'call' | 'payload' | 'functionName'> => {
  const resource = text(state.Resource, `${where}, Resource`);
  if (resource === INVOKE) {
    const parameters = fields(state.Parameters, `${where}, Parameters`);
    only(parameters, ['FunctionName.$', 'Payload.$'], `${where}, Parameters`);
    return {
      step: 'a function of the user',
      resource,
      call: 'function',
      functionName: parsePath(parameters['FunctionName.$'], `${where}, Parameters.FunctionName`),
      payload: { kind: 'path', path: parsePath(parameters['Payload.$'], `${where}, Parameters.Payload`) },
    };
  }
  if (resource !== CALLBACK) {
    if (state.Parameters !== undefined) {
      throw new Error(`sim does not model the field Parameters of ${where}, whose Resource is a function`);
    }
    return { step: stepOf(resource), resource, call: 'lambda' };
  }

  const parameters = fields(state.Parameters, `${where}, Parameters`);
  only(parameters, ['FunctionName', 'Payload'], `${where}, Parameters`);
  return {
    step: stepOf(text(parameters.FunctionName, `${where}, Parameters.FunctionName`)),
    resource,
    call: 'token',
    payload: parseTemplate(parameters.Payload ?? {}, where),
  };
};

/** `stepOf` finds the step whose function has an ARN. */
export const loadTask = (
  name: string,
  state: Fields,
  stepOf: (arn: string) => string,
  where: string,
): TaskState => {
  const retriers = state.Retry === undefined ? [] : list(state.Retry, `${where}, Retry`);
  const catchers = state.Catch === undefined ? [] : list(state.Catch, `${where}, Catch`);
  const timeout = loadLimit(state, 'TimeoutSeconds', where);
  return {
    type: 'Task',
    name,
    ...loadCall(state, stepOf, where),
    ...(timeout === undefined ? {} : { timeout }),
    resultPath: resultPath(state, where),
    retry: retriers.map((one, at) => loadRetrier(one, at === retriers.length - 1, `${where}, Retry ${at}`)),
    catch: catchers.map((one, at) => loadCatcher(one, at === catchers.length - 1, `${where}, Catch ${at}`)),
    next: text(state.Next, `${where}, Next`),
  };
};
