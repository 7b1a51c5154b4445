import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedRule } from '../../vocabulary/observed.types.ts';
import type { Route } from '../../vocabulary/plan.types.ts';
import { ALL_BLUE, sameWeights, targetGroupName, weightsOf } from '../../weights/weights.ts';
import { areApart, asksForMore, hasOwnHost, keepsStrangersOut, takesAllOf } from '../rule-match.ts';
import { testRuleOf } from '../test-route.ts';
import type { Check, Inspected } from './check.types.ts';
import { forward, forwarded } from './commands.ts';
import { error, warning } from './finding.ts';

/** The route of testers: it reaches green, and no user does by it. */
export const checkTestRoute: Check = (inspected) => {
  const { observed, request, found } = inspected;
  if (request.test === undefined || observed.service === null) return [];
  // checkRoutes has named what is missing.
  if (found.blueGroupArn === null) return found.primary === null ? withoutSecondGroup(inspected) : [];
  if (found.test === null) return [notFound(inspected, request.test.route)];
  return [
    ...usersWait(inspected),
    ...onlyOurGroups(inspected, found.test),
    ...requestsItTakes(inspected, found.test),
    ...pinned(inspected, found.test),
  ];
};

/** Until green has been tried the users of a first deployment have to be somewhere else: with an empty group. */
const withoutSecondGroup = ({ found: { greenGroupArn, candidates, routes } }: Inspected): Finding[] =>
  greenGroupArn === null || candidates.length > 0 || routes.length === 0
    ? []
    : [
        error(
          'test-without-second-group',
          `expected a second target group in ${routes.map(({ label }) => label).join(', ')}, to which users go ` +
            `until green has been tried, found ${targetGroupName(greenGroupArn)} alone: its first task that answers ` +
            'would serve them, tried or not',
          'Let the routes forward to both groups of the service, all weight on the one that is empty; the second ' +
            'deployment needs it too. Or leave `test` out of this first deployment.',
        ),
      ];

/** The same, by weights. Where there is a blue, checkTraffic sees to it. */
const usersWait = ({ found }: Inspected): Finding[] => {
  const { primary, blueGroupArn, greenGroupArn, routes } = found;
  if (primary !== null || blueGroupArn === null || greenGroupArn === null) return [];
  const groups = { blue: blueGroupArn, green: greenGroupArn };
  const early = routes.filter(({ original }) => !sameWeights(weightsOf(original, groups), ALL_BLUE));
  if (early.length === 0) return [];
  const weights = [
    { targetGroupArn: blueGroupArn, weight: 100 },
    { targetGroupArn: greenGroupArn, weight: 0 },
  ];
  return [
    error(
      'test-after-users',
      `expected ${early.map(({ label }) => label).join(', ')} to send users to ${targetGroupName(blueGroupArn)}, ` +
        `which is empty, until green has been tried, found weight on ${targetGroupName(greenGroupArn)}: its first task that ` +
        'answers would serve them, tried or not',
      `Nothing serves before a first deployment, so users miss nothing. ${early
        .map((route) => forwarded(route, 'This gives them to the empty group.'))
        .filter((one, index, all) => all.indexOf(one) === index)
        .join(' ')} Or name ${targetGroupName(blueGroupArn)} in \`greenTargetGroup\`, ` +
        'or leave `test` out of this first deployment.',
      early.map((route) => forward(route, weights)),
    ),
  ];
};

const notFound = ({ observed, found }: Inspected, arn: string): Finding => {
  const blue = targetGroupName(found.blueGroupArn ?? '');
  const rule = testRuleOf(observed, arn) ?? observed.testListener?.rules.find((one) => one.arn === arn);
  const forwards = rule?.forward?.groups
    .map(({ targetGroupArn }) => targetGroupName(targetGroupArn))
    .join(', ');
  const seen =
    rule === undefined
      ? 'none with this ARN on a load balancer of the service'
      : rule.priority === null && arn.includes(':listener-rule/')
        ? "a listener's default rule, which is changed by its listener's ARN"
        : `${rule.label}, which forwards to ${forwards ?? 'no target group'}`;
  return error(
    'test-route-not-found',
    `expected a listener or rule ${arn} that forwards to ${blue}, found ${seen}`,
    `Declare a rule with a header, or a listener on another port, that forwards to ${blue}, and name it in ` +
      '`test.route`; Cutover makes no rule. docs/test-traffic.md has both.',
  );
};

/** While it is open it forwards to green alone, and what it forwarded to comes back: both have to be ours. */
const onlyOurGroups = ({ found }: Inspected, test: Route): Finding[] => {
  const { blueGroupArn, greenGroupArn } = found;
  if (blueGroupArn === null || greenGroupArn === null) return [];
  const others = test.original.groups.filter(
    ({ targetGroupArn }) => targetGroupArn !== blueGroupArn && targetGroupArn !== greenGroupArn,
  );
  if (others.length > 0) {
    return [
      error(
        'test-route-other-groups',
        `expected the test route ${test.label} to forward to ${targetGroupName(blueGroupArn)} and ` +
          `${targetGroupName(greenGroupArn)} only, found ` +
          `${others.map(({ targetGroupArn }) => targetGroupName(targetGroupArn)).join(', ')} too`,
        'Take the other groups out of its forward action, or name a route of this service in `test.route`.',
      ),
    ];
  }
  if (sameWeights(weightsOf(test.original, { blue: blueGroupArn, green: greenGroupArn }), ALL_BLUE))
    return [];
  const serves = found.primary !== null;
  const what = serves
    ? 'After the test it gets these weights back; a group that is not blue’s has no targets then.'
    : 'Testers meet green once all of its targets are healthy, and leave it before the first user comes.';
  return [
    error(
      'test-route-weights',
      `expected all weight of the test route ${test.label} on ${targetGroupName(blueGroupArn)}, which ` +
        `${serves ? 'serves' : 'is empty'}, found ` +
        test.original.groups.map((one) => `${targetGroupName(one.targetGroupArn)} ${one.weight}`).join(', '),
      `${what} ${forwarded(test, `This gives it to the group that ${serves ? 'serves' : 'is empty'}.`)}`,
      [forward(test, [{ targetGroupArn: blueGroupArn, weight: 100 }])],
    ),
  ];
};

/** The rules of the test route's listener that belong to the deployment, by which users come. */
const usersRules = ({ observed, found }: Inspected): ObservedRule[] =>
  (observed.testListener?.rules ?? []).filter(({ arn, priority }) =>
    found.routes.some(
      (route) =>
        route.arn === arn || (priority === null && route.kind === 'listener' && isOn(observed, route)),
    ),
  );

const isOn = ({ testListener }: Inspected['observed'], { defaultRuleArn }: Route): boolean =>
  testListener?.rules.some(({ arn, priority }) => priority === null && arn === defaultRuleArn) === true;

const requestsItTakes = (inspected: Inspected, test: Route): Finding[] => {
  const { observed, found } = inspected;
  const users = usersRules(inspected);
  // A listener of a Network Load Balancer may have no rules at all: then it is its port.
  const rule = testRuleOf(observed, test.arn) ?? { arn: test.arn, priority: null, conditions: [] };
  const first = (observed.testListener?.rules ?? []).filter(
    ({ priority }) => priority !== null && (rule.priority === null || priority < rule.priority),
  );
  const hiding = first.find((one) => takesAllOf(one, rule));
  if (hiding !== undefined) {
    return [
      error(
        'test-route-never-matches',
        `expected requests to reach the test route ${test.label}, found ${hiding.label} before it (priority ` +
          `${hiding.priority}), which takes all of them`,
        'Give the test rule a lower number than every rule that could take its requests.',
        rule.priority === null ? [] : [setPriority(rule, hiding)],
      ),
    ];
  }
  const findings: Finding[] = [];
  const before = first.find((one) => users.includes(one) && !areApart(one, rule));
  if (before !== undefined && rule.priority !== null) {
    findings.push(
      error(
        'test-route-behind-users',
        `expected the test route ${test.label} before the routes of users, found ${before.label} before it ` +
          `(priority ${before.priority}), which takes some of its requests: they would meet blue, and a test ` +
          'that passes there proves nothing',
        'Give the test rule a lower number than every route of this service on the listener.',
        [setPriority(rule, before)],
      ),
    );
  }
  const taken =
    rule.priority === null ? users[0] : users.find((one) => !first.includes(one) && !areApart(one, rule));
  if (taken !== undefined && !asksForMore(rule) && !hasOwnHost(rule, users)) {
    findings.push(
      error(
        'test-route-takes-users',
        `expected a test route that users do not take, found ${test.label}, whose requests are users' of ` +
          `${taken.label} as well: they would meet green before it is tried`,
        'Add a condition that requests of users do not fulfil: a header, a host name or addresses of your own; ' +
          'or test on a listener of its own port.',
      ),
    );
  }
  const internal = observed.loadBalancers.some(
    ({ arn, scheme }) => arn === found.test?.loadBalancerArn && scheme === 'internal',
  );
  if (findings.length === 0 && !internal && !keepsStrangersOut(rule)) {
    findings.push(
      warning(
        'test-route-open',
        `expected the test route ${test.label} to keep strangers out by a header, by addresses or by an ` +
          'internal load balancer, found none of them: everybody who reaches it meets a version that nobody has tried',
        'Add a `source-ip` condition to the rule, or let the security group admit the port from known addresses ' +
          'only. A header alone can be guessed.',
      ),
    );
  }
  return findings;
};

const setPriority = ({ arn }: Pick<ObservedRule, 'arn'>, { priority }: ObservedRule): string =>
  `aws elbv2 set-rule-priorities --rule-priorities RuleArn=${arn},Priority=${Math.max(1, (priority ?? 2) - 1)}`;

/** The cookie of a sticky action is the host's: a tester's browser would bring it to the routes of users [fact 80]. */
const pinned = (inspected: Inspected, test: Route): Finding[] => {
  if (!test.original.stickiness.enabled) return [];
  const { observed } = inspected;
  const rule = testRuleOf(observed, test.arn);
  if (rule !== null && hasOwnHost(rule, usersRules(inspected))) return [];
  return [
    error(
      'test-route-sticky',
      `expected no group stickiness on the test route ${test.label}, which shares its host with the routes of ` +
        "users, found it on: a tester's cookie would pin the same browser to green there, or to a group that " +
        'is gone',
      'Turn TargetGroupStickinessConfig off in its forward action, or give the test route a host name of its own.',
    ),
  ];
};
