import { isObject } from '../../core/is-object.ts';
import { oneLine } from '../../core/one-line.ts';
import type { Fields } from '../../core/request/read-field.ts';
import { parseRequest } from '../../core/request/request.ts';
import { whenBusyPolicies } from '../../core/vocabulary/request.types.ts';
import type { Arguments, OptionSpecs } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';
import type { Target } from './target.ts';

/** Options that stand for fields of the request; docs/request.md has them all. */
export const requestOptions: OptionSpecs = {
  strategy: {
    type: 'string',
    value: 'NAME',
    help: "AllAtOnce, Canary10Percent5Minutes, Linear10PercentEvery3Minutes, ...; default: cutover.yaml's",
    offers: [
      'AllAtOnce',
      'Canary10Percent5Minutes',
      'Canary10Percent15Minutes',
      'Linear10PercentEvery3Minutes',
    ],
  },
  alarm: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'rolls back when it is red; several may be given, beside those of cutover.yaml',
  },
  'keep-blue': {
    type: 'string',
    value: 'DURATION',
    help: 'how long blue stays at full size after green got everything',
  },
  'when-busy': {
    type: 'string',
    value: 'POLICY',
    help: 'while another deployment runs: reject (default), queue or supersede',
    offers: whenBusyPolicies,
  },
};

/** The fields of the request: cutover.yaml's, then what the options say. */
export const requestFields = (target: Target, args: Arguments): Fields => {
  const { cluster, service } = target;
  const fields: Fields = { ...target.fields, cluster, service };
  const strategy = args.text('strategy');
  if (strategy !== undefined) {
    delete fields.shifts;
    fields.strategy = strategy;
  }
  const alarms = args.texts('alarm');
  if (alarms.length > 0) fields.alarms = withAlarms(fields.alarms, alarms);
  const keepBlue = args.text('keep-blue');
  if (keepBlue !== undefined) Object.assign(fields, keepingBlue(fields, keepBlue));
  const whenBusy = args.text('when-busy');
  if (whenBusy !== undefined) fields.whenBusy = whenBusy;
  return fields;
};

const withAlarms = (known: unknown, names: string[]): unknown => {
  if (isObject(known)) return { ...known, names: joined(known.names, names) };
  return joined(known, names);
};

const joined = (known: unknown, names: string[]): unknown[] => [
  ...new Set([...(Array.isArray(known) ? known : []), ...names]),
];

/** keepBlue is the bake of the last shift, which explicit shifts may say themselves. */
const keepingBlue = ({ shifts }: Fields, keepBlue: string): Fields => {
  if (!Array.isArray(shifts) || !isObject(shifts.at(-1))) return { keepBlue };
  const { bake: _bake, ...last } = shifts.at(-1);
  return { keepBlue, shifts: [...shifts.slice(0, -1), last] };
};

/** The same check as the workflow's first step, before anything is registered or started. */
export const checkRequest = (fields: Fields): void => {
  const parsed = parseRequest(fields);
  if (parsed.ok) return;
  throw new UsageError('the deployment request is not right', {
    problems: parsed.problems.map(
      ({ path, expected, found, hint }) =>
        `${oneLine(path)}: expected ${expected}, found ${found}${hint === undefined ? '' : `. ${hint}`}`,
    ),
    hint: 'docs/request.md describes every field',
  });
};
