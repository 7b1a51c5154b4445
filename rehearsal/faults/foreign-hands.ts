import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import type { ForwardingRoute } from '../../sim/elbv2/elbv2.ts';
import type { RuleChange } from '../../sim/elbv2/operations.ts';
import { type FaultScene, UNTIL_SOMEBODY_ACTS, type WorldFault } from './world-fault.types.ts';

/** What others do to a service's listeners while a deployment runs. */

/** A foreign writer of the commonest kind: a Terraform apply. */
const FOREIGN_WRITER = 'terraform apply';

const LOSES_BY_WEIGHTS = {
  causes: ['emptyGroup', 'sickTarget', 'deadTarget'],
  seconds: UNTIL_SOMEBODY_ACTS,
  because: 'his weights may send requests to a group where nobody listens, until the next observation',
} as const;

const LOSES_ALL = {
  causes: ['noRoute'],
  seconds: UNTIL_SOMEBODY_ACTS,
  because: 'a route whose weights are all 0 sends requests to nobody, until the next observation',
} as const;

/** The service's routes that still forward. */
const liveRoutes = ({ world, routes }: FaultScene): ForwardingRoute[] =>
  world.elbv2.routes().filter(({ arn }) => routes.some((route) => route.arn === arn));

const sameGroups = (a: readonly WeightedGroup[], b: readonly WeightedGroup[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** Writes to each route what `groupsFor` gives; null where there was nothing to change. */
const writesRoutes = (
  name: string,
  description: string,
  groupsFor: (route: ForwardingRoute, scene: FaultScene) => WeightedGroup[] | null,
  nothing = 'the weights are that already',
  chosen: (routes: ForwardingRoute[]) => ForwardingRoute[] = (routes) => routes,
): WorldFault => ({
  name,
  description,
  does: 'writesRoutes',
  mayLose: LOSES_BY_WEIGHTS,
  apply: (scene) => {
    const writes = chosen(liveRoutes(scene)).flatMap((route) => {
      const groups = groupsFor(route, scene);
      return groups === null || sameGroups(groups, route.groups) ? [] : [{ arn: route.arn, groups }];
    });
    if (writes.length === 0) return nothing;
    scene.foreignWrite();
    for (const { arn, groups } of writes) scene.world.elbv2.foreignWrite(arn, groups, FOREIGN_WRITER);
    return null;
  },
});

/** The groups of a route that belong to neither colour. */
const others = ({ groups }: ForwardingRoute, { colours }: FaultScene): WeightedGroup[] => {
  const { blue, green } = colours();
  return groups.filter(({ targetGroupArn }) => targetGroupArn !== blue && targetGroupArn !== green);
};

/** `0/100`: blue's and green's weights; other groups stay at theirs. */
const splitFor =
  (blueWeight: number, greenWeight: number) =>
  (route: ForwardingRoute, scene: FaultScene): WeightedGroup[] | null => {
    const { blue, green } = scene.colours();
    if (blue === undefined || green === undefined) return null;
    return [
      { targetGroupArn: blue, weight: blueWeight },
      { targetGroupArn: green, weight: greenWeight },
      ...others(route, scene),
    ];
  };

export const foreignWeights: WorldFault = {
  ...writesRoutes(
    'foreign-weights',
    `${FOREIGN_WRITER} resets the weights to what they were`,
    ({ arn }, { routes }) => {
      const before = routes.find((route) => route.arn === arn);
      return before === undefined ? null : [...before.groups];
    },
    'the weights are what they were',
  ),
  mayLose: {
    causes: ['emptyGroup'],
    seconds: UNTIL_SOMEBODY_ACTS,
    because: "once blue is retired, the foreign writer's weights send requests to nobody",
  },
};

const SPLIT = /^foreign-weights:(\d{1,3})\/(\d{1,3})(:one-route)?$/;

/** `foreign-weights:BLUE/GREEN[:one-route]`: any two weights, 0 to 999 as the API takes them. */
export const foreignSplit = (name: string): WorldFault | undefined => {
  const [match, blue = '', green = '', one] = SPLIT.exec(name) ?? [];
  if (match === undefined) return undefined;
  const where = one === undefined ? '' : ' on one route';
  const fault = writesRoutes(
    name,
    `${FOREIGN_WRITER} writes ${blue} blue, ${green} green${where}`,
    splitFor(Number(blue), Number(green)),
    'the weights are that already',
    one === undefined ? undefined : (routes) => routes.slice(-1),
  );
  return Number(blue) + Number(green) > 0 ? fault : { ...fault, mayLose: LOSES_ALL };
};

export const foreignSwap = writesRoutes(
  'foreign-swap',
  `${FOREIGN_WRITER} swaps the two groups`,
  ({ groups }, { colours }) => {
    const { blue, green } = colours();
    const swapped = (arn: string): string =>
      arn === blue ? (green ?? arn) : arn === green ? (blue ?? arn) : arn;
    return groups.map(({ targetGroupArn, weight }) => ({ targetGroupArn: swapped(targetGroupArn), weight }));
  },
  'no group is on a route',
);

/** A group of the same load balancer that belongs to neither colour. */
const thirdGroup = ({ world, colours, routes }: FaultScene): string | undefined => {
  const { blue, green } = colours();
  const named = world.elbv2
    .routes()
    .filter(({ listenerArn }) =>
      world.elbv2
        .routes()
        .some((own) => own.listenerArn === listenerArn && routes.some(({ arn }) => arn === own.arn)),
    );
  return named
    .flatMap(({ groups }) => groups.map(({ targetGroupArn }) => targetGroupArn))
    .find((arn) => arn !== blue && arn !== green);
};

export const foreignGroup = writesRoutes(
  'foreign-group',
  `${FOREIGN_WRITER} sends everybody to a third group`,
  (_route, scene) => {
    const third = thirdGroup(scene);
    return third === undefined ? null : [{ targetGroupArn: third, weight: 100 }];
  },
  'this listener knows no third group',
);

export const foreignAddsGroup = writesRoutes(
  'foreign-adds-group',
  `${FOREIGN_WRITER} adds a third group with a tenth of the weight`,
  (route, scene) => {
    const third = thirdGroup(scene);
    if (third === undefined) return null;
    const kept = route.groups.filter(({ targetGroupArn }) => targetGroupArn !== third);
    return [...kept, { targetGroupArn: third, weight: 10 }];
  },
  'this listener knows no third group',
);

export const foreignRemovesGreen: WorldFault = {
  name: 'foreign-removes-green',
  does: 'writesRoutes',
  description: `${FOREIGN_WRITER} deletes green's rule, or takes green out of a default action`,
  mayLose: {
    causes: ['emptyGroup', 'noRoute'],
    seconds: UNTIL_SOMEBODY_ACTS,
    because:
      'requests of a deleted rule meet the 404 behind it; those of a default action go to blue alone, ' +
      'also when blue is gone',
  },
  apply: (scene) => {
    const { elbv2 } = scene.world;
    const { blue, green } = scene.colours();
    const routes = liveRoutes(scene).filter(({ groups }) =>
      groups.some(({ targetGroupArn }) => targetGroupArn === green),
    );
    if (blue === undefined || routes.length === 0) return 'green is on no route';
    scene.foreignWrite();
    for (const route of routes) {
      if (route.kind === 'rule') elbv2.deleteRule(route.arn, FOREIGN_WRITER);
      else
        elbv2.foreignWrite(
          route.arn,
          [{ targetGroupArn: blue, weight: 100 }, ...others(route, scene)],
          FOREIGN_WRITER,
        );
    }
    return null;
  },
};

/**
 * Which requests a rule takes, or before which others, is nobody's weight: the deployment continues with those that
 * come, and its writes name neither. A rule alone has either.
 */
const changesRules = (
  name: string,
  description: string,
  change: (route: ForwardingRoute, at: number) => RuleChange,
): WorldFault => ({
  name,
  description: `${FOREIGN_WRITER} ${description}`,
  mayLose: { causes: [], seconds: 0, because: 'users who come by the changed rule are served as before' },
  apply: (scene) => {
    const rules = liveRoutes(scene).filter(({ kind }) => kind === 'rule');
    if (rules.length === 0) return 'the service has no rule, only default actions';
    scene.foreignWrite();
    for (const [at, rule] of rules.entries())
      scene.world.elbv2.changeRule(rule.arn, change(rule, at), FOREIGN_WRITER);
    return null;
  },
});

export const foreignConditions = changesRules(
  'foreign-conditions',
  "gives the service's rules another path",
  () => ({ Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/moved/*'] } }] }),
);

/** A listener has a hundred rules at most, far below. */
const LAST_PRIORITY = 50_000;

export const foreignPriority = changesRules(
  'foreign-priority',
  "puts the service's rules behind all others",
  (_rule, at) => ({ Priority: String(LAST_PRIORITY - at) }),
);
