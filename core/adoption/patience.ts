import type { Input, Move, MoveNames, MoveObservation, ReadGroup } from './adoption.types.ts';
import { call } from './moves.ts';
import { groupOf, type Roles } from './roles.ts';

/**
 * ECS replaces a task whose target fails its checks, and takes a grace period only once a task set is PRIMARY [fact 5].
 * Until then the group of the first task set itself waits for as long, or a slow start would never become healthy.
 */

/** ELBv2 API reference, CreateTargetGroup: what is taken, and what holds where nothing is given. */
const MOST_FAILURES = 10;
const MOST_INTERVAL_SECONDS = 300;
const DEFAULT_FAILURES = 2;
const DEFAULT_INTERVAL_SECONDS = 30;

type Checks = { HealthCheckIntervalSeconds: number; UnhealthyThresholdCount: number };

const checksOf = ({ settings }: Pick<ReadGroup, 'settings'>): Checks => ({
  HealthCheckIntervalSeconds: Number(settings.HealthCheckIntervalSeconds ?? DEFAULT_INTERVAL_SECONDS),
  UnhealthyThresholdCount: Number(settings.UnhealthyThresholdCount ?? DEFAULT_FAILURES),
});

/** The checks that a slow start survives; null: those of the model do. */
const patientChecks = (model: Pick<ReadGroup, 'settings'>, graceSeconds: number): Checks | null => {
  const checks = checksOf(model);
  const { HealthCheckIntervalSeconds: interval, UnhealthyThresholdCount: failures } = checks;
  if (interval * failures >= graceSeconds) return null;
  const wanted = Math.ceil(graceSeconds / interval);
  if (wanted <= MOST_FAILURES) return { ...checks, UnhealthyThresholdCount: wanted };
  const longer = Math.ceil(graceSeconds / MOST_FAILURES);
  return {
    HealthCheckIntervalSeconds: Math.min(MOST_INTERVAL_SECONDS, longer),
    UnhealthyThresholdCount: MOST_FAILURES,
  };
};

const same = (a: Checks, b: Checks): boolean =>
  a.HealthCheckIntervalSeconds === b.HealthCheckIntervalSeconds &&
  a.UnhealthyThresholdCount === b.UnhealthyThresholdCount;

const inForce = ({ old, twin }: MoveObservation): boolean =>
  (twin?.graceSeconds ?? 0) >= (old?.graceSeconds ?? 0);

/** What the first task set's group is made with. */
export const firstSettings = (observed: MoveObservation, model: ReadGroup): Input => ({
  ...model.settings,
  ...(inForce(observed) ? {} : patientChecks(model, observed.old?.graceSeconds ?? 0)),
});

const modify = ({ arn }: ReadGroup, checks: Checks, what: string): Move =>
  call('elbv2', 'ModifyTargetGroup', { TargetGroupArn: arn, ...checks }, what);

/** A group that was made elsewhere, such as by a template, as patient as the first start wants it. */
export const becomePatient = (observed: MoveObservation, model: ReadGroup, group: ReadGroup): Move | null => {
  if (inForce(observed)) return null;
  const checks = patientChecks(model, observed.old?.graceSeconds ?? 0);
  if (checks === null || same(checks, checksOf(group))) return null;
  return modify(group, checks, `let the checks of ${group.name} wait as long as the grace period`);
};

/** The grace period is in force: the checks are those of the model again, unless somebody gave the group others. */
export const endPatience = (names: MoveNames, observed: MoveObservation, roles: Roles): Move | null => {
  const [model, group] = [groupOf(observed, roles.from), groupOf(observed, roles.to)];
  if (model === undefined || group === undefined || group.name !== names.blue) return null;
  const checks = patientChecks(model, observed.old?.graceSeconds ?? 0);
  if (checks === null || !same(checks, checksOf(group))) return null;
  return modify(group, checksOf(model), `give ${group.name} the checks of ${model.name}`);
};
