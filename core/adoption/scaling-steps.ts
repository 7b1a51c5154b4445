import type {
  Move,
  MoveNames,
  MoveObservation,
  ReadScaling,
  ReadService,
  Step,
  Suspension,
} from './adoption.types.ts';
import { call } from './moves.ts';
import { SUSPENDED_TAG } from './names.ts';
import { ours } from './roles.ts';
import { copiedAlarm, copiedPolicy, copyNameOf, isCopy, whyNotCopied } from './scaling-copies.ts';

const ECS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** `in` and `out` and `scheduled`, of what is suspended; `none`. Characters that a tag may have. */
export const suspensionText = ({ scaleIn, scaleOut, scheduled }: Suspension): string =>
  [scaleIn && 'in', scaleOut && 'out', scheduled && 'scheduled'].filter(Boolean).join(' ') || 'none';

const suspensionOf = (text: string): Suspension => {
  const words = text.split(' ');
  return {
    scaleIn: words.includes('in'),
    scaleOut: words.includes('out'),
    scheduled: words.includes('scheduled'),
  };
};

/** As it was before the move; of a service that had no scaling then, as somebody makes it: nothing is suspended. */
const before = (names: MoveNames, twin: ReadService | null): Suspension | null =>
  ours(names, twin) ? suspensionOf(twin?.tags[SUSPENDED_TAG] ?? 'none') : null;

/** What the last command does to the old service's scaling while there is a way back, which needs its policies. */
const STOPPED: Suspension = { scaleIn: true, scaleOut: true, scheduled: true };

const isStopped = ({ scaleIn, scaleOut, scheduled }: Suspension): boolean => scaleIn && scaleOut && scheduled;

const stateOf = ({ scaleIn, scaleOut, scheduled }: Suspension) => ({
  DynamicScalingInSuspended: scaleIn,
  DynamicScalingOutSuspended: scaleOut,
  ScheduledScalingSuspended: scheduled,
});

const suspend = ({ resourceId }: ReadScaling, suspended: Suspension, what: string): Move =>
  call(
    'scaling',
    'RegisterScalableTarget',
    { ...ECS, ResourceId: resourceId, SuspendedState: stateOf(suspended) },
    what,
  );

/** The scale-in of one target, with the rest of what is suspended left as it is. */
const setScaleIn = (scaling: ReadScaling, scaleIn: boolean, what: string): Move =>
  suspend(scaling, { ...scaling.suspended, scaleIn }, what);

const resourceOf = ({ cluster, twin }: MoveNames): string => `service/${cluster}/${twin}`;

const copyNext = (
  names: MoveNames,
  observed: MoveObservation,
  from: ReadScaling,
  to: ReadScaling,
): Move | null => {
  const where = { ...ECS, ResourceId: resourceOf(names) };
  const copied = from.policies.filter((policy) => whyNotCopied(policy, observed, names) === null);
  const policy = copied.find(({ name }) => !to.policies.some((one) => one.name === name));
  if (policy !== undefined)
    return call(
      'scaling',
      'PutScalingPolicy',
      { ...where, ...copiedPolicy(policy, names) },
      `copy the policy ${policy.name}`,
    );
  // An alarm may call several policies: all of them are there by now.
  const called = new Set(copied.flatMap(({ alarms }) => alarms));
  const alarm = observed.alarms.find(
    ({ name }) => called.has(name) && !observed.alarms.some((one) => one.name === copyNameOf(name, names)),
  );
  if (alarm !== undefined)
    return call(
      'alarms',
      'PutMetricAlarm',
      copiedAlarm(alarm, { from, to }, names),
      `copy the alarm ${alarm.name}, which calls the scaling`,
    );
  const action = from.scheduled.find(({ name }) => !to.scheduled.some((one) => one.name === name));
  if (action === undefined) return null;
  return call(
    'scaling',
    'PutScheduledAction',
    { ...where, ...action.input },
    `copy the schedule ${action.name}`,
  );
};

/**
 * Scaling hangs on a service's name. Both services keep their size while users move: the one that has few of them yet
 * would shrink, and so would the one that the way back leads to. Schedules act on both.
 */
export const scalingStep = (names: MoveNames): Step => ({
  id: 'scaling',
  title: 'copy the scaling, and suspend scale-in of both services while users move',
  writes: 'RegisterScalableTarget, PutScalingPolicy, PutMetricAlarm, PutScheduledAction',
  undo: 'DeleteAlarms, DeregisterScalableTarget, RegisterScalableTarget',
  forward: (observed) => {
    const { old, twin } = observed.scaling;
    if (old === null) return null;
    if (twin === null)
      return call(
        'scaling',
        'RegisterScalableTarget',
        {
          ...ECS,
          ResourceId: resourceOf(names),
          MinCapacity: old.minCapacity,
          MaxCapacity: old.maxCapacity,
          SuspendedState: stateOf({ ...old.suspended, scaleIn: true }),
        },
        `make ${names.twin} a scalable target`,
      );
    const copied = copyNext(names, observed, old, twin);
    if (copied !== null) return copied;
    if (!twin.suspended.scaleIn) return setScaleIn(twin, true, `suspend scale-in of ${names.twin}`);
    return old.suspended.scaleIn ? null : setScaleIn(old, true, `suspend scale-in of ${names.old}`);
  },
  backward: ({ twin, scaling, alarms }) => {
    const copies = alarms.filter((alarm) => isCopy(alarm, names)).map(({ name }) => name);
    if (copies.length > 0)
      return call(
        'alarms',
        'DeleteAlarms',
        { AlarmNames: copies },
        `delete the copies of ${copies.length} alarms`,
      );
    if (scaling.twin !== null)
      return call(
        'scaling',
        'DeregisterScalableTarget',
        { ...ECS, ResourceId: scaling.twin.resourceId },
        `end the scaling of ${names.twin}`,
      );
    const was = before(names, twin);
    if (scaling.old === null || was === null) return null;
    if (isStopped(scaling.old.suspended) && !isStopped(was))
      return suspend(scaling.old, was, `let ${names.old} scale again as before`);
    if (scaling.old.suspended.scaleIn === was.scaleIn) return null;
    return setScaleIn(scaling.old, was.scaleIn, `let ${names.old} scale in again`);
  },
});

/**
 * The twin scales as the old service did. The old one's scaling stands still before its tasks go, so that nothing
 * starts them again, and has all its policies for a person who goes back until then.
 */
export const handOverScaling = (names: MoveNames, { twin, scaling }: MoveObservation): Move | null => {
  const was = before(names, twin);
  if (scaling.twin !== null && was !== null && scaling.twin.suspended.scaleIn !== was.scaleIn)
    return setScaleIn(scaling.twin, was.scaleIn, `let ${names.twin} scale in again`);
  if (scaling.old === null || isStopped(scaling.old.suspended)) return null;
  return suspend(scaling.old, STOPPED, `suspend the scaling of ${names.old}`);
};

/** Behind the old service's last task: there is no way back any more that would need it. */
export const endScaling = (names: MoveNames, { old, scaling }: MoveObservation): Move | null => {
  if (scaling.old === null || old === null) return null;
  const input = { ...ECS, ResourceId: scaling.old.resourceId };
  return call('scaling', 'DeregisterScalableTarget', input, `end the scaling of ${names.old}`);
};
