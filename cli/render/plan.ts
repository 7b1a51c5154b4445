import { tasksFor } from '../../core/capacity/capacity-for.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { taskTime } from '../../core/estimate/task-time.ts';
import { count, grouped } from '../../core/figures.ts';
import { whyNotAnalysed } from '../../core/plan/analysis.ts';
import { exposureInWords } from '../../core/plan/exposure.ts';
import { escalate } from '../../core/plan/preflight/escalate.ts';
import { DEFAULT_CAPACITY } from '../../core/request/defaults.ts';
import { scalingLine, scalingUndo } from '../../core/scaling/planned.ts';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { PlannedHook } from '../../core/vocabulary/hooks.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { plannedReadiness, rollbackLimit } from '../../core/weights/readiness.ts';
import { removesBlue } from '../../core/weights/taken-over.ts';
import { targetGroupName } from '../../core/weights/weights.ts';
import { findingRows } from './findings.ts';
import type { Paint } from './paint.ts';
import { clockTime, dollars, hang } from './text.ts';

type PlanView = { plan: Plan | null; findings: readonly Finding[]; estimate: Estimate | null };

const LABEL_COLUMNS = 16;
const BAR_CELLS = 20;

/** What a deployment would do, and everything preflight has to say about it. */
export const planText = (
  { plan, findings, estimate }: PlanView,
  width: number,
  paint: Paint,
  strict = false,
): string => {
  const parts = [
    ...(plan === null ? [] : [planRows(plan, width, paint), shiftRows(plan, estimate, width, paint)]),
    ...(plan === null || estimate === null ? [] : [estimateRows(plan, estimate, width, paint)]),
    findingRows(findings, width, paint),
    verdict(findings, paint, strict),
  ];
  return `\n${parts.join('\n\n')}\n\n`;
};

const makeRow =
  (width: number, paint: Paint) =>
  (label: string, text: string): string =>
    `  ${paint('dim', label.padEnd(LABEL_COLUMNS - 2))}${hang(text, LABEL_COLUMNS, width)}`;

const revision = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

const weightsText = ({ original }: Plan['routes'][number]): string =>
  original.groups
    .map(({ targetGroupArn, weight }) => `${targetGroupName(targetGroupArn)} ${weight}`)
    .join(', ');

const greenSize = (plan: Plan): string => {
  const atFirst = tasksFor({ ...plan, greenPct: plan.shifts[0]?.greenPct ?? 100 });
  const all = count(plan.desiredCount, 'task');
  return atFirst < plan.desiredCount ? `${atFirst} of ${all} at first` : all;
};

const blueName = ({ id, service }: NonNullable<Plan['blue']>): string =>
  service === undefined ? id : `the service ${service}, which stays as it is`;

/** When the last shift has baked. */
const endText = (plan: Plan): string => {
  if (plan.blue === null) return 'done: there is no blue to retire';
  if (!removesBlue(plan)) return `done: ${plan.blue.service} keeps its tasks, and its group weight 0`;
  return `blue drains (${formatDuration(plan.deregistrationDelayMs)}) and goes: no way back after this`;
};

const planRows = (plan: Plan, width: number, paint: Paint): string => {
  const row = makeRow(width, paint);
  const { blue, green } = plan;
  return [
    `  ${paint('bold', `${plan.service} in ${plan.cluster}: ${plan.strategyName}`)}`,
    row(
      'blue',
      blue === null
        ? 'none: the first deployment of this service'
        : `${revision(blue.taskDefinitionArn)}, ${blueName(blue)}, target group ${targetGroupName(blue.targetGroupArn)}`,
    ),
    row(
      'green',
      `${revision(green.taskDefinitionArn)} (${green.images.map(({ image }) => image).join(', ')}), ` +
        `target group ${targetGroupName(green.targetGroupArn)}, ${greenSize(plan)}`,
    ),
    ...plan.routes.map((route, index) =>
      row(index === 0 ? 'routes' : '', `${route.label}: now ${weightsText(route)}${stickinessText(route)}`),
    ),
    ...testRows(plan, row),
    row('alarms', plan.alarms.names.length === 0 ? 'none' : plan.alarms.names.join(', ')),
    row('analysis', analysisText(plan)),
    ...hookRows(plan, row),
    ...exposureRows(plan, row),
    ...scalingRows(plan, row, paint),
    ...(plan.onDrift === 'reassert'
      ? [row('drift', 'weights that somebody else changes in a bake are written back once')]
      : []),
    ...capacityRows(plan, row),
    row('way back', wayBackText(plan)),
    row(
      'green ready',
      `when all its tasks have been healthy for ${formatDuration(plan.healthyForMs)}, at most ` +
        `${formatDuration(plan.timeToHealthyMs)} after its launch`,
    ),
  ].join('\n');
};

/** From a quarter on a smaller green is worth a sentence to who has not asked for it. */
const WORTH_SAYING = 0.25;

const hours = (value: number): string => `${value.toFixed(1)} task-hours`;

/** What a green that grows with its weight saves, and what it cannot do. */
const capacityRows = (plan: Plan, row: ReturnType<typeof makeRow>): string[] => {
  if (plan.blue === null) return [];
  const asked = plan.capacity !== undefined;
  const {
    hours: taken,
    fullHours,
    savedUsd,
    leastCarriedPct,
  } = taskTime(plan, plan.capacity ?? DEFAULT_CAPACITY);
  const saved = fullHours - taken;
  if (!asked && (saved < 1 || saved / fullHours < WORTH_SAYING)) return [];
  const usd = savedUsd === null ? '' : ` (${dollars(savedUsd)} on Fargate)`;
  const carries = `while it is smallest it carries ${leastCarriedPct} % of the requests if blue dies`;
  if (!asked)
    return [
      row(
        'capacity',
        `green at full size takes ${hours(fullHours)}; with "capacity": "followWeight" ${hours(taken)}, but ${carries}`,
      ),
    ];
  const less =
    hours(taken) === hours(fullHours)
      ? 'as many as at full size'
      : `${hours(saved)} less than at full size${usd}`;
  return [row('capacity', `green grows with its weight: ${hours(taken)}, ${less}; ${carries}`)];
};

const testRows = ({ test, shifts }: Plan, row: ReturnType<typeof makeRow>): string[] => {
  if (test === undefined) return [];
  const { route, url, header } = test;
  const where = [
    ...(url === undefined ? [] : [url]),
    ...(header === undefined ? [] : [`with the header ${header.name}: ${header.value}`]),
  ].join(' ');
  return [
    row(
      'test route',
      `${route.label}: green alone for ${formatDuration(shifts[0]?.bakeMs ?? 0)} before the first user, ` +
        `then back to ${weightsText(route)}${where === '' ? '' : `; ${where}`}`,
    ),
  ];
};

const hookWhat = (hook: PlannedHook): string => {
  if (hook.kind === 'approval') return 'an approval';
  if (hook.kind === 'lambda') return hook.functionArn.split(':function:')[1] ?? hook.functionArn;
  const { taskDefinitionArn, container, command } = hook.launch;
  const words = command === undefined ? '' : ` ${JSON.stringify(command.join(' '))}`;
  return `a task of ${taskDefinitionArn.split('/').at(-1)}, ${container}${words}`;
};

const hookRows = ({ hooks = [] }: Plan, row: ReturnType<typeof makeRow>): string[] =>
  hooks.map((hook, index) => {
    const what = hookWhat(hook);
    const policies = [
      ...(hook.onTimeout === 'continue' ? ['a timeout is tolerated'] : []),
      ...(hook.onFailure === 'continue' ? ['a failure is tolerated'] : []),
    ].map((policy) => `, ${policy}`);
    const stages = hook.stages.join(', ');
    const text = `${hook.name} at ${stages}: ${what}, ${formatDuration(hook.timeoutMs)} at most${policies.join('')}`;
    return row(index === 0 ? 'hooks' : '', text);
  });

const stickinessText = ({ original: { stickiness } }: Plan['routes'][number]): string => {
  if (!stickiness.enabled) return '';
  const seconds = stickiness.durationSeconds;
  return seconds === undefined ? ', sticky' : `, sticky for ${formatDuration(seconds * 1_000)}`;
};

/** A difference of rates in percentage points, as short as it is exact. */
const points = (share: number): string => `${Number((share * 100).toPrecision(6))} points`;

const analysisText = (plan: Plan): string => {
  const { analysis } = plan;
  if (analysis === undefined) return whyNotAnalysed(plan) ?? 'switched off';
  const limit = ({ psi, delta }: { psi: number; delta: number }): string =>
    `${psi} times blue's share plus ${points(delta)}`;
  const { errors, latency, application = [], alpha } = analysis;
  return [
    ...(errors.use === 'off' ? [] : [`errors ${errors.use}: at most ${limit(errors)}`]),
    ...(latency.use === 'off' ? [] : [`latency ${latency.use}s: slow answers at most ${limit(latency)}`]),
    ...application.map((metric) => `${metric.name} ${metric.use}s: bad at most ${limit(metric)}`),
    `${Number((alpha * 100).toPrecision(3))} % false rollbacks at most`,
  ].join('; ');
};

const evidenceText = (
  bakeMs: number,
  { atLeastMs, requests }: NonNullable<Plan['shifts'][number]['evidence']>,
): string =>
  [
    requests === undefined ? 'proven unharmed' : `${grouped(requests)} requests of green, or proven unharmed`,
    ...(atLeastMs === 0 ? [] : [`at least ${formatDuration(atLeastMs)}`]),
    `at most ${formatDuration(bakeMs)}`,
  ].join(', ');

/** The command stands alone and is never wrapped, so that it can be copied. */
const scalingRows = ({ scaling }: Plan, row: ReturnType<typeof makeRow>, paint: Paint): string[] => {
  if (scaling === undefined) return [];
  const undo = scalingUndo(scaling);
  const command = undo === null ? [] : [`${' '.repeat(LABEL_COLUMNS)}${paint('cyan', undo)}`];
  return [row('autoscaling', scalingLine(scaling)), ...command];
};

const exposureRows = (plan: Plan, row: ReturnType<typeof makeRow>): string[] => {
  const exposure = exposureInWords(plan);
  return exposure === null ? [] : [row('exposure', exposure)];
};

/** With every task of blue healthy; from the end of the shifts on it takes a new deployment. */
const wayBackText = (plan: Plan): string => {
  const { line } = plannedReadiness(plan);
  const limit = rollbackLimit(plan);
  return plan.blue === null || limit === null ? line : `${line}; ${limit}`;
};

/** Times count from the moment green is ready in the shortest run. */
const shiftRows = (plan: Plan, estimate: Estimate | null, width: number, paint: Paint): string => {
  const row = makeRow(width, paint);
  const bakesMs = plan.shifts.reduce((sum, { bakeMs }) => sum + bakeMs, 0);
  let atMs = estimate === null ? 0 : Math.max(0, estimate.blueGoneAfterMs - bakesMs);
  const lines = plan.shifts.map(({ greenPct, bakeMs, evidence, test }, index) => {
    const filled = test === true ? 0 : Math.max(1, Math.floor((greenPct / 100) * BAR_CELLS));
    const cells = paint('green', '█'.repeat(filled)) + paint('blue', '░'.repeat(BAR_CELLS - filled));
    const last = index === plan.shifts.length - 1;
    const verb = test === true ? 'open to testers for' : last && plan.blue !== null ? 'blue kept' : 'bakes';
    const bake =
      evidence === undefined
        ? `${verb} ${formatDuration(bakeMs)}`
        : `until its evidence: ${evidenceText(bakeMs, evidence)}`;
    const tasks = plan.capacity === undefined ? '' : `${count(tasksFor({ ...plan, greenPct }), 'task')}, `;
    const line = `${clockTime(atMs).padEnd(10)}${cells} ${String(greenPct).padStart(4)} % green, ${tasks}${bake}`;
    atMs += bakeMs;
    return row(index === 0 ? 'shifts' : '', line);
  });
  return [...lines, row('', `${clockTime(atMs).padEnd(10)}${endText(plan)}`)].join('\n');
};

const estimateRows = (plan: Plan, estimate: Estimate, width: number, paint: Paint): string => {
  const row = makeRow(width, paint);
  const { shortestMs, longestMs, blueGoneAfterMs, transitions, historyEvents, costUsd } = estimate;
  const range = ({ min, max }: { min: number; max: number }): string => `${grouped(min)} to ${grouped(max)}`;
  return [
    row('takes', `${roughly(shortestMs)} when all is healthy, at most ${roughly(longestMs)}`),
    ...(!removesBlue(plan) ? [] : [row('blue goes', `after ${roughly(blueGoneAfterMs)} at the earliest`)]),
    row(
      'workflow',
      `${range(transitions)} state transitions, ${range(historyEvents)} of 25,000 history events`,
    ),
    row(
      'costs',
      `${dollars(costUsd.min)} to ${dollars(costUsd.max)} for the workflow, and both colours' tasks ` +
        'while they run side by side',
    ),
  ].join('\n');
};

const MINUTE_MS = 60_000;

/** An estimate in seconds would claim to know more than it does. */
const roughly = (ms: number): string => formatDuration(Math.ceil(ms / MINUTE_MS) * MINUTE_MS);

const verdict = (findings: readonly Finding[], paint: Paint, strict: boolean): string => {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = count(findings.length - errors, 'warning');
  const strictly = escalate(findings, strict).filter(({ severity }) => severity === 'error').length;
  if (errors === 0 && strictly > 0) {
    return (
      `  ${paint(['red', 'bold'], 'REFUSED')}: ${count(strictly, 'warning')}, which strict makes ` +
      'errors; a deployment itself would run'
    );
  }
  return errors > 0
    ? `  ${paint(['red', 'bold'], 'REFUSED')}: ${count(errors, 'error')}, ${warnings}; nothing would be changed`
    : `  ${paint(['green', 'bold'], 'CAN BE DEPLOYED')}: ${warnings}`;
};
