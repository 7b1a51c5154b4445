import type { Modelled } from '../faults/players.ts';
import { copyOf } from './copy.ts';
import type { Health, ModelBase, ModelState, ModelTaskSet } from './model.types.ts';
import { phaseOf } from './phase.ts';
import { wantedOf } from './snapshot.ts';
import { freed } from './store-verbs.ts';
import { DEPLOYMENT, GREEN_GROUP, originalGroups } from './the-service.ts';

/** What others do to the world. Each costs one trouble, or nothing where the world only recovers. */

type Change = { label: string; apply: (state: ModelState) => void };

const setOf = (state: ModelState, colour: 'blue' | 'green'): ModelTaskSet | undefined =>
  state.taskSets.find((set) => (set.externalId === DEPLOYMENT) === (colour === 'green'));

const serves = (set: ModelTaskSet | undefined): set is ModelTaskSet => set !== undefined && wantedOf(set) > 0;

const sicken = (colour: 'blue' | 'green', health: Health): Change => ({
  label: `${colour} falls to ${health} of 2 healthy targets`,
  apply: (state) => {
    const set = setOf(state, colour);
    if (set !== undefined) set.health = health;
  },
});

/** Whatever can recover by itself does so at any time. */
export const recoveries = (state: ModelState): Change[] => {
  const changes: Change[] = [];
  for (const colour of ['blue', 'green'] as const) {
    const set = setOf(state, colour);
    const wanted = serves(set) ? (wantedOf(set) as Health) : 0;
    if (serves(set) && !set.crashing && set.health < wanted) {
      changes.push({ ...sicken(colour, wanted), label: `${colour} has all its targets healthy` });
    }
  }
  const judged = phaseOf(state) !== 'ending';
  if (judged && state.alarm !== 'OK') {
    const apply = (changed: ModelState) => Object.assign(changed, { alarm: 'OK', eventDue: false });
    changes.push({ label: 'the alarm is OK again', apply });
  }
  if (state.rival !== null) {
    const apply = (changed: ModelState) => {
      changed.rival = null;
      changed.lease = freed(changed.lease, []);
    };
    changes.push({ label: 'the other deployment ends', apply });
  }
  return changes;
};

const foreignWrite = (label: string, groups: ModelState['routes'][number]['groups']): Change => ({
  label,
  apply: (state) => {
    for (const route of state.routes)
      Object.assign(route, { groups: groups.map((group) => ({ ...group })), foreign: true });
  },
});

const sicknesses = (
  state: ModelState,
  colour: 'blue' | 'green',
  among: readonly Health[] = [1, 0],
): Change[] => {
  const set = setOf(state, colour);
  if (!serves(set)) return [];
  return among.filter((health) => health < set.health).map((health) => sicken(colour, health));
};

const ofGreenGroup = ({ targetGroupArn }: { targetGroupArn: string }): boolean =>
  targetGroupArn === GREEN_GROUP;

const deletesRule: Change = {
  label: 'somebody deletes a rule',
  apply: (state) => {
    const last = state.routes.at(-1);
    if (last !== undefined) last.deleted = true;
    state.damagedByOthers = true;
  },
};

const deletesGreen: Change = {
  label: "somebody deletes green's task set",
  apply: (state) => {
    state.taskSets = state.taskSets.filter(({ externalId }) => externalId !== DEPLOYMENT);
    state.damagedByOthers = true;
  },
};

const setsAlarm = (label: string, alarm: ModelState['alarm'], eventDue: boolean): Change => ({
  label,
  apply: (state) => Object.assign(state, { alarm, eventDue: state.eventDue || eventDue }),
});

const readsAlarm = (state: ModelState): boolean => state.alarm === 'OK' && phaseOf(state) !== 'ending';

type Changes = (state: ModelState, base: ModelBase) => Change[];

/** The catalogue's faults in the model's small world, all that verify/faults/players.ts promises. */
const byFault: Record<Modelled<'trouble'>, Changes> = {
  'blue-task-dies': (state) => sicknesses(state, 'blue'),
  'green-task-dies': (state) => sicknesses(state, 'green'),
  'foreign-delete:green': (state) => (setOf(state, 'green') === undefined ? [] : [deletesGreen]),
  alarm: (state) => (readsAlarm(state) ? [setsAlarm('the alarm turns red', 'ALARM', true)] : []),
  'foreign-weights': (_state, base) => [
    foreignWrite('somebody resets the weights to what they were', originalGroups(base)),
  ],
  'foreign-weights:0/100': (_state, base) => {
    const all = originalGroups(base).map((group) => ({ ...group, weight: ofGreenGroup(group) ? 100 : 0 }));
    return base.sticky ? [] : [foreignWrite('somebody gives green all the weight', all)];
  },
  'foreign-removes-green': (state, base) => {
    const blue = originalGroups(base).filter((group) => !ofGreenGroup(group));
    return [
      ...(base.sticky ? [] : [foreignWrite("somebody takes green's group out of every route", blue)]),
      ...(state.routes.length < 2 ? [] : [deletesRule]),
    ];
  },
};

const crashes: Change = {
  label: "green's tasks start and exit",
  apply: (state) => {
    const set = setOf(state, 'green');
    if (set !== undefined) Object.assign(set, { crashing: true, health: 0 });
  },
};

const anotherInLine: Change = {
  label: 'a third deployment takes the place in line',
  apply: (state) => Object.assign(state.lease, { waiter: 'release-10', waiterSeenMs: state.nowMs }),
};

/** What is no fault of the catalogue: a version that crashes, an alarm that cannot be read, another deployment. */
const beside: Changes = (state) => {
  const green = setOf(state, 'green');
  const busy = state.lease.holder !== undefined && state.lease.holder !== DEPLOYMENT;
  return [
    ...(serves(green) && !green.crashing && state.record?.decided == null ? [crashes] : []),
    ...(readsAlarm(state) ? [setsAlarm('CloudWatch does not answer', 'unreadable', false)] : []),
    ...(busy ? [anotherInLine] : []),
  ];
};

/** What may come upon the world between two steps. */
export const troubles: Changes = (state, base) => [
  ...Object.values(byFault).flatMap((changes) => changes(state, base)),
  ...beside(state, base),
];

/** What may come between a step's last read and its write. */
export const betweenReadAndWrite: Changes = (state, base) => [
  ...sicknesses(state, 'blue', [0]),
  ...sicknesses(state, 'green', [0]),
  ...byFault['foreign-weights'](state, base),
];

export const changed = (state: ModelState, { apply }: Change): ModelState => {
  const copy = copyOf(state);
  apply(copy);
  return copy;
};
