import { didYouMean } from '../../core/did-you-mean.ts';
import type { Fault } from './fault.types.ts';

/** What faults can refer to: names of the world and of the workflow. */
type FaultContext = {
  /** Alarms of the world. */
  alarms: readonly string[];
  /** States of the workflow. */
  states: readonly string[];
  /** What the world's APIs serve, `service:Operation`. */
  operations: readonly string[];
  /** Nobody can be made to send more. Absent: users are simulated. */
  realUsers?: true;
};

/** What faults can refer to of a deployment. */
type RequestContext = {
  /** Alarms that the request watches. */
  watched: readonly string[];
  /** How many shifts it has. */
  shifts: number;
};

/** Faults that could never come in this world, each with what was expected. */
export const faultProblems = (faults: readonly Fault[], context: FaultContext): string[] =>
  faults.flatMap((fault) => [...actionProblems(fault, context), ...stateProblems(fault, context)]);

/** Faults that could never come in this deployment, each with what was expected. */
export const requestProblems = (faults: readonly Fault[], { watched, shifts }: RequestContext): string[] =>
  faults.flatMap(({ text, action, when }) => [
    ...(action.kind === 'alarm' && action.name === undefined && watched.length === 0
      ? [`fault "${text}": expected an alarm in the request or a name, as in alarm:NAME; found none`]
      : []),
    ...(when.kind === 'shift' && when.shift > shifts
      ? [`fault "${text}": expected a shift from 1 to ${shifts}, found ${when.shift}`]
      : []),
  ]);

const actionProblems = (fault: Fault, context: FaultContext): string[] => {
  const { text, action } = fault;
  switch (action.kind) {
    case 'call':
    case 'throttle':
      return action.operation === undefined
        ? []
        : operationProblems(text, action.service, action.operation, context);
    case 'load':
      return context.realUsers === true
        ? [
            `fault "${text}": expected a fault of the service, found one of its users, whose requests are real here`,
          ]
        : [];
    case 'alarm': {
      const { alarms } = context;
      const known = action.name === undefined || alarms.includes(action.name);
      const named = alarms.join(', ') || 'it has none';
      return known
        ? []
        : [`fault "${text}": expected an alarm of the world (${named}), found "${action.name}"`];
    }
    default:
      return [];
  }
};

const operationProblems = (
  text: string,
  service: string,
  operation: string,
  { operations }: FaultContext,
): string[] => {
  if (operations.includes(`${service}:${operation}`)) return [];
  const own = operations.flatMap((each) =>
    each.startsWith(`${service}:`) ? [each.slice(service.length + 1)] : [],
  );
  const near = didYouMean(operation, own);
  return [
    `fault "${text}": expected an operation of ${service} that a deployment may call, found "${operation}"` +
      (near === undefined ? '' : `; did you mean ${near}?`),
  ];
};

const stateProblems = ({ text, when }: Fault, { states }: FaultContext): string[] =>
  when.kind === 'state' && !states.includes(when.state)
    ? [`fault "${text}": expected a state of the workflow (${states.join(', ')}), found "${when.state}"`]
    : [];
