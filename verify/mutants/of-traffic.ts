import type { Mutant } from './mutant.types.ts';

/** What is written to listeners and rules. */
export const ofTraffic: readonly Mutant[] = [
  {
    name: 'nobody-placed-while-baking',
    description: 'users of a colour that dies in a bake stay where they are',
    patches: [
      {
        file: 'core/verdict/place-in-bake.ts',
        find: 'if (!known) return',
        replace: 'if (known || !known) return',
      },
    ],
    hunts: [{ base: 'long-bake', fault: 'colours-die', at: 'entering Bake' }],
  },
  {
    name: 'reasserted-unasked',
    description: "weights that somebody else wrote are written over, which no request's policy asked for",
    patches: [
      {
        file: 'core/verdict/reassert.ts',
        find: "if (plan.onDrift !== 'reassert' || memory",
        replace: 'if (memory',
      },
    ],
    hunts: [{ base: 'canary', fault: 'foreign-weights', at: 'entering Bake' }],
  },
  {
    name: 'reasserted-never',
    description: 'the policy that undoes drift once rolls back at once, as without it',
    patches: [
      {
        file: 'core/verdict/reassert.ts',
        find: "if (plan.onDrift !== 'reassert' || memory",
        replace: "if (plan.onDrift === 'reassert' || memory",
      },
    ],
    hunts: [{ base: 'reasserts', fault: 'moved-once', at: 'entering Bake' }],
  },
  {
    name: 'reasserted-for-ever',
    description: 'two who disagree about the weights write in turn, and users move back and forth',
    patches: [
      {
        file: 'core/verdict/reassert.ts',
        find: ' || memory.reassertedAtMs !== undefined ||',
        replace: ' ||',
      },
    ],
    hunts: [{ base: 'reasserts', fault: 'moved-twice', at: 'entering Bake' }],
  },
  {
    name: 'sticky-blue-unchecked',
    description: "blue's group left the sticky routes and does not return when its tasks run again",
    patches: [
      {
        file: 'core/weights/sticky-clients.ts',
        find: '(counts.blue?.running ?? 0) === 0;',
        replace: '(counts.blue?.running ?? 0) >= 0;',
      },
    ],
    hunts: [{ base: 'rollback-sticky', fault: 'colours-die' }],
  },
  {
    name: 'nobody-placed-while-rolling-back',
    description: 'a rollback that holds for a dead blue leaves users where they are',
    patches: [
      {
        file: 'core/ending/roll-back.ts',
        find: 'return held(input, placed.reason, placed.move ? placed.weights : null);',
        replace: 'return held(input, placed.reason, null);',
      },
    ],
    hunts: [{ base: 'rollback-alarm', fault: 'colours-die' }],
  },
  {
    name: 'weights-by-addition',
    description:
      'ShiftTraffic adds a step to the weight it finds, so a retry shifts twice (the trap of a published canary hook)',
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: 'const done = sameWeights(found, next) &&',
        replace: 'const done = false &&',
      },
      {
        file: 'functions/shift-traffic.ts',
        find: 'if (!done && !(found === null',
        replace: 'if (done && !(found === null',
      },
      {
        file: 'functions/shift-traffic.ts',
        find: 'await listener.write(route, groupsFor(route.forward, groupsOf(plan), next, { evictLoser }));',
        replace: `const before = plan.shifts.findLast(({ greenPct }) => greenPct < next.green)?.greenPct ?? 0;
          const step = next.green - before;
          const green = Math.min(100, (weightsOf(route.forward, groupsOf(plan))?.green ?? 0) + step);
          await listener.write(route, groupsFor(route.forward, groupsOf(plan), { blue: 100 - green, green }));`,
      },
      {
        file: 'functions/shift-traffic.ts',
        find: 'if (!sameWeights(found, next)) throw',
        replace: 'if (found === null) throw',
      },
    ],
    hunts: [{ base: 'canary', fault: 'dies-after', at: 'ModifyRule by ShiftTraffic' }],
  },
  {
    name: 'stickiness-dropped',
    description: 'a write of weights leaves the stickiness out, and users are logged out',
    patches: [
      {
        file: 'aws/forward-action.ts',
        find: 'ForwardConfig: { ...action.ForwardConfig, TargetGroups }',
        replace: 'ForwardConfig: { TargetGroups }',
      },
    ],
    hunts: [{ base: 'sticky' }],
  },
  {
    name: 'first-route-only',
    description: 'ShiftTraffic writes the first route and forgets the others',
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: 'for (const route of some) {',
        replace: 'for (const route of some.slice(0, 1)) {',
      },
    ],
    hunts: [{ base: 'two-routes' }],
  },
  {
    name: 'promoted-without-a-route',
    description: 'a recovery finishes what was promoted although somebody deleted one of its rules since',
    patches: [
      { file: 'core/ending/roll-back.ts', find: 'routes.length === plan.routes.length &&', replace: '' },
    ],
    hunts: [{ base: 'recovered', fault: 'foreign-removes-green', at: 'by RetireBlue' }],
  },
  {
    name: 'sticky-blue-not-evicted',
    description:
      "blue's group stays in a sticky action while blue goes: clients with its cookie ignore weight 0",
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: 'if (sticky.length > 0 || (whole && neverLeft)) {',
        replace: 'if (sticky.length < 0) {',
      },
    ],
    hunts: [{ base: 'sticky' }],
  },
  {
    name: 'sticky-green-not-evicted',
    description:
      "a rollback leaves green's group in a sticky action, and clients with its cookie stay with it",
    patches: [
      {
        file: 'core/ending/restored-routes.ts',
        find: 'ALL_BLUE, { evictLoser: true }',
        replace: 'ALL_BLUE, { evictLoser: false }',
      },
    ],
    hunts: [{ base: 'sticky', fault: 'alarm', at: 'JudgeHealth' }],
  },
  {
    name: 'data-plane-not-awaited',
    description:
      'green goes the moment the read-back shows blue at 100, while the load balancer still follows',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"Next": "LetTrafficLeave"',
        replace: '"Next": "RemoveGreen"',
      },
    ],
    hunts: [{ base: 'rollback-alarm' }, { base: 'canary', fault: 'alarm', at: 'JudgeHealth' }],
  },
  {
    name: 'position-from-weights',
    description:
      'the position is inferred from the weights it finds, so a retry continues to the next shift (Argo Rollouts)',
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: "const position = decision?.kind === 'advance' ? decision.position : (traffic?.position ?? 0);",
        replace: `const first = await listener.read(plan.routes[0]!);
          const shown = weightsOf(first.forward, groupsOf(plan))?.green ?? 0;
          const beyond = plan.shifts.findIndex(({ greenPct }) => greenPct > shown);
          const position = beyond === -1 ? plan.shifts.length - 1 : beyond;`,
      },
      {
        file: 'functions/shift-traffic.ts',
        find: 'const before = weightsBefore(plan, route, carried?.weights ?? traffic?.weights);',
        replace: 'const before = found;',
      },
    ],
    hunts: [{ base: 'canary', fault: 'dies-after', at: 'ModifyRule by ShiftTraffic' }],
  },
  {
    name: 'shift-skipped',
    description: 'every second shift of the plan is left out',
    patches: [
      {
        file: 'core/verdict/when-healthy.ts',
        find: 'promote === null ? traffic.position + 1 : last',
        replace: 'promote === null ? Math.min(last, traffic.position + 2) : last',
      },
    ],
    hunts: [{ base: 'five-shifts' }],
  },
  {
    name: 'drift-ignored',
    description: 'somebody else moves the weights in the middle of a deployment, and it writes over them',
    patches: [
      {
        file: 'core/verdict/judge.ts',
        find: 'if (off.length > late.length) {',
        replace: 'if (off.length > late.length && off.length > plan.routes.length) {',
      },
      {
        file: 'functions/shift-traffic.ts',
        find: 'const before = weightsBefore(plan, route, carried?.weights ?? traffic?.weights);',
        replace: 'const before = found;',
      },
    ],
    hunts: [{ base: 'five-shifts', fault: 'foreign-weights', at: 'entering Bake' }],
  },
  {
    name: 'other-groups-dropped',
    description: "a write leaves out the groups that are not the deployment's",
    patches: [
      {
        file: 'core/weights/weights.ts',
        find: 'const kept = forward.groups.map(',
        replace:
          'const kept = forward.groups.filter(({ targetGroupArn }) => wanted.has(targetGroupArn)).map(',
      },
    ],
    hunts: [{ base: 'crowded' }],
  },
  {
    name: 'green-attached-with-weight',
    description: 'green joins the routes with weight before it is launched: no weight named is weight 1',
    patches: [
      {
        file: 'functions/attach-green.ts',
        find: 'groupsFor(route.forward, groupsOf(plan), ALL_BLUE)',
        replace: 'groupsFor(route.forward, groupsOf(plan), { blue: 50, green: 50 })',
      },
    ],
    hunts: [{ base: 'crowded' }],
  },
  {
    name: 'weights-that-do-not-sum',
    description:
      "weights are written relative to each other instead of in percent, so nobody's read-back agrees",
    patches: [
      {
        file: 'aws/forward-action.ts',
        find: '      Weight: weight,\n',
        replace: '      Weight: weight * 2,\n',
      },
    ],
    hunts: [{ base: 'canary' }],
  },
  {
    name: 'neighbours-rule-written',
    description:
      "the rule of another service behind the same listener is written instead of the deployment's own",
    patches: [
      {
        file: 'aws/listener.ts',
        find: 'new ModifyRuleCommand({ RuleArn: route.arn, Actions: actions })',
        // `web-r` and `shop-r`, as the small world's ARNs have them.
        replace:
          "new ModifyRuleCommand({ RuleArn: route.arn.replace('7765622d722e2e2e', '73686f702d722e2e'), " +
          'Actions: actions })',
      },
    ],
    hunts: [{ base: 'shared' }],
  },
  {
    name: 'conditions-written-back',
    description: 'a write of weights has the conditions that the rule had when the deployment began',
    patches: [
      {
        file: 'aws/listener.ts',
        find: 'new ModifyRuleCommand({ RuleArn: route.arn, Actions: actions })',
        replace:
          'new ModifyRuleCommand({ RuleArn: route.arn, Actions: actions, ' +
          "Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }] })",
      },
    ],
    hunts: [{ base: 'canary', fault: 'foreign-rules', at: 'entering CheckGreen' }],
  },
];
