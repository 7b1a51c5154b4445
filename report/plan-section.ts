import { shiftInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { whyNotAnalysed } from '../core/plan/analysis.ts';
import { exposureInWords } from '../core/plan/exposure.ts';
import { scalingLine, scalingUndo } from '../core/scaling/planned.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { rollbackLimit } from '../core/weights/readiness.ts';
import { targetGroupName } from '../core/weights/weights.ts';
import { type Html, html } from './html.ts';
import type { Report } from './report.types.ts';
import { cell, number, row, rowHead, table } from './table.ts';

const factsOf = (plan: Plan): [string, string][] => [
  ['Strategy', plan.strategyName],
  ['Routes', plan.routes.map(({ label }) => label).join('; ')],
  ...(plan.test === undefined
    ? []
    : [
        ['Test route', [plan.test.route.label, plan.test.url].filter(Boolean).join(', ')] satisfies [
          string,
          string,
        ],
      ]),
  ['Blue', plan.blueTargetGroupArn === null ? 'none' : targetGroupName(plan.blueTargetGroupArn)],
  ...(plan.blue?.service === undefined
    ? []
    : [['Users from', `the service ${plan.blue.service}, which keeps its tasks`] satisfies [string, string]]),
  ['Green', targetGroupName(plan.green.targetGroupArn)],
  ['Images', plan.green.images.map(({ container, image }) => `${container}: ${image}`).join('; ')],
  ['Desired count', String(plan.desiredCount)],
  ...(plan.capacity === undefined
    ? []
    : [
        [
          'Size of green',
          `grows with its weight, by ${plan.capacity.headroom} times its share, ` +
            `from ${plan.capacity.minTasks} tasks on`,
        ] satisfies [string, string],
      ]),
  ...(plan.scaling === undefined
    ? []
    : [
        [
          'Autoscaling',
          [scalingLine(plan.scaling), scalingUndo(plan.scaling)].filter(Boolean).join(' '),
        ] satisfies [string, string],
      ]),
  ...(plan.analysis === undefined
    ? [['Analysis', whyNotAnalysed(plan) ?? 'switched off'] satisfies [string, string]]
    : []),
  ['Alarms', plan.alarms.names.length === 0 ? 'none' : plan.alarms.names.join(', ')],
  ...limitsOf(plan),
  [
    'Green gets traffic',
    `when healthy for ${formatDuration(plan.healthyForMs)}, at most ` +
      `${formatDuration(plan.timeToHealthyMs)} after its launch`,
  ],
];

/** What ends or holds the deployment beside the alarms. */
const limitsOf = (plan: Plan): [string, string][] => {
  const limits = [
    ['Exposure budget', exposureInWords(plan)],
    ['Way back', rollbackLimit(plan)],
  ] as const;
  return limits.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]));
};

const shiftRow = (
  { greenPct, bakeMs, approval, test }: Plan['shifts'][number],
  index: number,
  all: Plan['shifts'],
) => {
  const last = index + 1 === all.length;
  return row([
    rowHead(index + 1),
    number(shiftInWords({ greenPct, ...(test && { test }) })),
    number(formatDuration(bakeMs)),
    cell(approval === true ? 'waits for an approval' : last ? 'green is promoted' : 'continues'),
  ]);
};

const NO_PLAN = html`<p>There was none: nothing was written to ECS or the load balancer.</p>`;

export const planSection = ({ plan }: Report): Html => {
  if (plan === null) return html`<section id="plan"><h2>The plan</h2>${NO_PLAN}</section>`;
  const facts = factsOf(plan).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<section id="plan"><h2>The plan</h2>
${table('Shifts', ['#', 'Green', 'Then bakes for', 'Then'], plan.shifts.map(shiftRow))}
<dl class="facts">${facts}</dl></section>`;
};
