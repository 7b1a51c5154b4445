import { didYouMean } from '../../core/did-you-mean.ts';
import type { Fault } from './fault.types.ts';

/** What faults can refer to: names of the world, the request and the workflow. */
type FaultContext = {
  /** Alarms of the world. */
  alarms: readonly string[];
  /** Alarms that the request watches. */
  watched: readonly string[];
  /** How many shifts the request has. */
  shifts: number;
  /** States of the workflow. */
  states: readonly string[];
  /** What the world's APIs serve, `service:Operation`. */
  operations: readonly string[];
};

/** Faults that could never come in this run, each with what was expected. */
export const faultProblems = (faults: readonly Fault[], context: FaultContext): string[] =>
  faults.flatMap((fault) => [...actionProblems(fault, context), ...whenProblems(fault, context)]);

const actionProblems = (fault: Fault, context: FaultContext): string[] => {
  const { text, action } = fault;
  if (action.kind === 'call' || action.kind === 'throttle') {
    return action.operation === undefined
      ? []
      : operationProblems(text, action.service, action.operation, context);
  }
  const { alarms, watched } = context;
  if (action.kind !== 'alarm') return [];
  if (action.name === undefined) {
    return watched.length > 0
      ? []
      : [`fault "${text}": expected an alarm in the request or a name, as in alarm:NAME; found none`];
  }
  return alarms.includes(action.name)
    ? []
    : [
        `fault "${text}": expected an alarm of the world (${alarms.join(', ') || 'it has none'}), ` +
          `found "${action.name}"`,
      ];
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

const whenProblems = ({ text, when }: Fault, { shifts, states }: FaultContext): string[] => {
  if (when.kind === 'shift' && when.shift > shifts) {
    return [`fault "${text}": expected a shift from 1 to ${shifts}, found ${when.shift}`];
  }
  if (when.kind === 'state' && !states.includes(when.state)) {
    return [
      `fault "${text}": expected a state of the workflow (${states.join(', ')}), found "${when.state}"`,
    ];
  }
  return [];
};
