import { copyOf } from './copy.ts';
import type { Health, ModelBase, ModelState, ModelTaskSet } from './model.types.ts';
import { phaseOf } from './phase.ts';
import { freed } from './store-verbs.ts';
import { DEPLOYMENT, GREEN_GROUP, originalGroups } from './the-service.ts';

/** What others do to the world. Each costs one trouble, or nothing where the world only mends. */

type Change = { label: string; apply: (state: ModelState) => void };

const setOf = (state: ModelState, colour: 'blue' | 'green'): ModelTaskSet | undefined =>
  state.taskSets.find((set) => (set.externalId === DEPLOYMENT) === (colour === 'green'));

const serves = (set: ModelTaskSet | undefined): set is ModelTaskSet =>
  set !== undefined && set.scalePercent === 100 && set.status !== 'DRAINING';

const sicken = (colour: 'blue' | 'green', health: Health): Change => ({
  label: `${colour} falls to ${health} of 2 healthy targets`,
  apply: (state) => {
    const set = setOf(state, colour);
    if (set !== undefined) set.health = health;
  },
});

/** Whatever can mend by itself does so at any time. */
export const mendings = (state: ModelState): Change[] => {
  const changes: Change[] = [];
  for (const colour of ['blue', 'green'] as const) {
    const set = setOf(state, colour);
    if (serves(set) && !set.crashing && set.health < 2) {
      changes.push({ ...sicken(colour, 2), label: `${colour} has all its targets healthy` });
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

const sicknesses = (state: ModelState, among: readonly Health[] = [1, 0]): Change[] =>
  (['blue', 'green'] as const).flatMap((colour) => {
    const set = setOf(state, colour);
    if (!serves(set)) return [];
    return among.filter((health) => health < set.health).map((health) => sicken(colour, health));
  });

const foreignWrites = (state: ModelState, base: ModelBase): Change[] => {
  const original = originalGroups(base);
  const blueOnly = original.filter(({ targetGroupArn }) => targetGroupArn !== GREEN_GROUP);
  const allGreen = original.map((group) => ({
    ...group,
    weight: group.targetGroupArn === GREEN_GROUP ? 100 : 0,
  }));
  return [
    foreignWrite('somebody resets the weights to what they were', original),
    ...(base.sticky ? [] : [foreignWrite('somebody gives green all the weight', allGreen)]),
    ...(base.sticky ? [] : [foreignWrite("somebody takes green's group out of every route", blueOnly)]),
    ...(state.routes.length < 2
      ? []
      : [
          {
            label: 'somebody deletes a rule',
            apply: (changed: ModelState) => {
              const last = changed.routes.at(-1);
              if (last !== undefined) last.deleted = true;
              changed.robbed = true;
            },
          },
        ]),
  ];
};

/** What may come upon the world between two steps. */
export const troubles = (state: ModelState, base: ModelBase): Change[] => {
  const green = setOf(state, 'green');
  return [
    ...sicknesses(state),
    ...(serves(green) && !green.crashing && state.record?.decided == null
      ? [
          {
            label: "green's tasks start and exit",
            apply: (changed: ModelState) => {
              const set = setOf(changed, 'green');
              if (set !== undefined) Object.assign(set, { crashing: true, health: 0 });
            },
          },
        ]
      : []),
    ...(green === undefined
      ? []
      : [
          {
            label: "somebody deletes green's task set",
            apply: (changed: ModelState) => {
              changed.taskSets = changed.taskSets.filter(({ externalId }) => externalId !== DEPLOYMENT);
              changed.robbed = true;
            },
          },
        ]),
    ...(state.alarm === 'OK' && phaseOf(state) !== 'ending'
      ? [
          {
            label: 'the alarm turns red',
            apply: (changed: ModelState) => Object.assign(changed, { alarm: 'ALARM', eventDue: true }),
          },
          {
            label: 'CloudWatch does not answer',
            apply: (changed: ModelState) => Object.assign(changed, { alarm: 'unreadable' }),
          },
        ]
      : []),
    ...(state.lease.holder === undefined || state.lease.holder === DEPLOYMENT ? [] : [anotherInLine]),
    ...foreignWrites(state, base),
  ];
};

const anotherInLine: Change = {
  label: 'a third deployment takes the place in line',
  apply: (state) => Object.assign(state.lease, { waiter: 'release-10', waiterSeenMs: state.nowMs }),
};

/** What may come between a step's last look and its write. */
export const betweenLookAndWrite = (state: ModelState, base: ModelBase): Change[] => [
  ...sicknesses(state, [0]),
  ...foreignWrites(state, base).slice(0, 1),
];

export const changed = (state: ModelState, { apply }: Change): ModelState => {
  const copy = copyOf(state);
  apply(copy);
  return copy;
};
