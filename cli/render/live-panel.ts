import { SECOND_MS } from '../../core/clock.ts';
import { decisionInWords } from '../../core/deployment/in-words.ts';
import { formatDuration } from '../../core/duration.ts';
import { describeWriter } from '../../core/ending/writer.ts';
import { count } from '../../core/figures.ts';
import { hookStatusInWords } from '../../core/hooks/evidence.ts';
import { isPhase, phases } from '../../statemachine/phases.ts';
import type { View } from '../watch/view.types.ts';
import { barOf, type Cell, cell, cutTo, pad, paintCells } from './cells.ts';
import { around, stageRows, waitingWords } from './live-stages.ts';
import type { Paint } from './paint.ts';
import { clockTime, wrap } from './text.ts';

/** From here on stages and facts stand side by side. */
const WIDE_COLUMNS = 130;
const STAGE_COLUMNS = 58;

const LABEL_COLUMNS = 10;
/** Of the bar; in a narrow window the routes are worth more than its length. */
const trafficBlocks = (width: number): number => (width < 60 ? 12 : 24);
const PERCENT_COLUMNS = ' 100 % green  '.length;
const REASON_LINES = 3;
/** Alarms named one by one; more are counted. */
const NAMED_ALARMS = 4;

export type PanelOptions = {
  nowMs: number;
  width: number;
  height: number;
  paint: Paint;
  /** What names the service on a command line. */
  target: string;
  /** What keeps polls from succeeding; null when they do. */
  trouble: string | null;
  /** Under the view; null: a printed status, which nobody can press Ctrl-C on. Default: how to leave. */
  foot?: readonly Cell[] | null;
  /** What a person can do now, and how. Default: the commands to type. */
  offer?(view: View): Cell[];
};

/** The live view: as many lines as returned, none wider than the window, all of them never higher than it. */
export const livePanel = (view: View, options: PanelOptions): string[] => {
  const { width, height, paint } = options;
  const facts = factRows(view, options, width >= WIDE_COLUMNS ? width - STAGE_COLUMNS - 2 : width - 1);
  const head = [[cell('')], headRow(view, options.nowMs), [cell('')]];
  const foot = options.foot === null ? [] : footRows(view, options);
  const room = Math.max(3, height - 1 - head.length - foot.length);
  const lines =
    width >= WIDE_COLUMNS
      ? sideBySide(around(stageRows(view, options.nowMs), room), facts.slice(0, room))
      : [...around(stageRows(view, options.nowMs), Math.max(3, room - facts.length - 1)), [], ...facts];
  return [...head, ...lines.slice(0, room), ...foot].map((cells) =>
    paintCells(cutTo([cell(' '), ...cells], width - 1), paint),
  );
};

const sideBySide = (left: Cell[][], right: Cell[][]): Cell[][] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    ...pad(left[index] ?? [], STAGE_COLUMNS - 2),
    cell('  '),
    ...(right[index] ?? []),
  ]);

const headRow = (view: View, nowMs: number): Cell[] => [
  cell(view.service, 'bold'),
  cell(` in ${view.cluster}  `),
  cell(`${clockTime(Math.max(0, nowMs - view.startedAtMs))}  `, 'dim'),
  cell(`${view.from ?? 'first deployment'} → ${view.to ?? '?'}`, 'bold'),
  cell(`   ${view.waitsFor === null ? view.doing : waitingWords(view)}`, doingStyle(view)),
];

const doingStyle = ({ phase, waitsFor }: View): Parameters<Paint>[0] => {
  if (waitsFor !== null) return ['yellow', 'bold'];
  return ['rollingBack', 'removing', 'interrupted', 'recovering'].includes(phase) ? ['red', 'bold'] : 'cyan';
};

const fact = (label: string, cells: readonly Cell[]): Cell[] => [
  cell(label.padEnd(LABEL_COLUMNS), 'dim'),
  ...cells,
];

const factRows = (view: View, { nowMs, target, offer, foot }: PanelOptions, width: number): Cell[][] => [
  ...trafficRows(view, width - LABEL_COLUMNS - 1),
  ...testRows(view),
  ...hookRows(view, nowMs, width),
  fact('targets', targetCells(view)),
  fact('alarms', alarmCells(view)),
  ...whyRows(view, width, foot === null),
  ...decisionRows(view, nowMs, width),
  ...comparisonRows(view, width),
  ...sizeRows(view),
  ...readinessRows(view, width),
  ...scalingRows(view, width, foot === null),
  ...(view.ended === null ? [fact('left', [cell(timeLeft(view, nowMs))])] : []),
  ...(view.possible.length === 0 ? [] : offerRows(view, target, offer)),
];

/** The last cell is a command that can be pasted: with `abort|pause` in it a shell would start a pipe. */
const offerRows = (view: View, target: string, offer: PanelOptions['offer']): Cell[][] => {
  const { possible } = view;
  if (offer !== undefined) return [fact('you can', offer(view))];
  const [first = ''] = possible.includes('abort') ? ['abort'] : possible;
  return [
    fact('you can', [cell(possible.join(', '), 'bold')]),
    fact('so', [cell(`cutover ${first} ${target}`)]),
  ];
};

/** Their names where there is room for them; half a name says less than their number. */
const routesText = (routes: View['routes'], room: number): string => {
  const names = routes.map(({ route }) => route).join(', ');
  return routes.length === 1 || names.length <= room ? names : `on all ${routes.length} routes`;
};

const trafficRows = ({ routes, phase }: View, width: number): Cell[][] => {
  const shares = new Set(routes.map(({ weights }) => weights?.green ?? null));
  const rows = shares.size <= 1 ? routes.slice(0, 1) : routes;
  if (rows.length === 0) {
    // A recovery knows what somebody's routes are only once it has read them.
    return [fact('traffic', [cell(nothingMoved(phase) ? 'all to blue' : 'not read yet', 'dim')])];
  }
  return rows.map(({ route, weights }, index) =>
    fact(
      index === 0 ? 'traffic' : '',
      weights === null
        ? [cell('not readable', 'red'), cell(`  ${route}`, 'dim')]
        : [
            ...barOf(weights.green / 100, trafficBlocks(width)),
            cell(` ${weights.green} % green`, 'bold'),
            cell(
              `  ${rows.length === 1 ? routesText(routes, width - trafficBlocks(width) - PERCENT_COLUMNS) : route}`,
              'dim',
            ),
          ],
    ),
  );
};

/** No deployment of this service has moved anything yet. */
const nothingMoved = (phase: View['phase']): boolean => isPhase(phase) && phases[phase].traffic === 'before';

const targetCells = ({ blue, green, going }: View): Cell[] => {
  if (going !== null) {
    const left = going.running === null ? '' : `, ${count(going.running, 'task')} left`;
    return [cell(`${going.colour} goes${left}`)];
  }
  if (blue === null && green === null) return [cell('not read yet', 'dim')];
  return [...healthCells('blue', blue), cell(blue === null ? '' : '   '), ...healthCells('green', green)];
};

const healthCells = (name: string, group: View['blue']): Cell[] => {
  if (group === null) return [];
  const short = group.healthy < group.wanted;
  const text = `${name} ${group.healthy}/${group.wanted} healthy`;
  return [short ? cell(text, ['red', 'bold']) : cell(text)];
};

const alarmCells = ({ alarms }: View): Cell[] => {
  if (alarms.length === 0) return [cell('none are watched', 'yellow')];
  const order = [...alarms].sort(
    (a, b) => Number(a.state === 'OK') - Number(b.state === 'OK') || (a.name < b.name ? -1 : 1),
  );
  const named = order
    .slice(0, NAMED_ALARMS)
    .flatMap(({ name, state }, index): Cell[] => [
      cell(index === 0 ? '' : '   '),
      cell(state, state === 'OK' ? 'green' : state === 'ALARM' ? ['red', 'bold'] : 'yellow'),
      cell(` ${name}`),
    ]);
  const more = order.length - NAMED_ALARMS;
  return more > 0 ? [...named, cell(`   and ${more} more`, 'dim')] : named;
};

const decisionRows = ({ decision }: View, nowMs: number, width: number): Cell[][] => {
  if (decision === null) return [];
  const agoMs = Math.max(0, nowMs - decision.atMs);
  const ago = agoMs < SECOND_MS ? 'just now' : `${formatDuration(agoMs)} ago`;
  const text = `${decisionInWords[decision.kind]} (${ago}): ${decision.reason}`;
  const lines = wrap(text, Math.max(20, width - LABEL_COLUMNS - 1));
  const shown = lines.slice(0, REASON_LINES);
  const cut = lines.length > REASON_LINES ? ' …' : '';
  return shown.map((line, index) =>
    fact(index === 0 ? 'decision' : '', [cell(`${line}${index === REASON_LINES - 1 ? cut : ''}`)]),
  );
};

/** What the metrics say, where the decision's own sentence does not. */
const comparisonRows = ({ comparison, decision, notCompared, ended }: View, width: number): Cell[][] => {
  if (notCompared !== null && ended === null) {
    const lines = wrap(`not compared: ${notCompared}`, Math.max(20, width - LABEL_COLUMNS - 1));
    return lines.map((line, index) => fact(index === 0 ? 'metrics' : '', [cell(line, 'dim')]));
  }
  if (comparison === null || decision?.reason.includes(comparison.reason) === true) return [];
  const lines = wrap(comparison.reason, Math.max(20, width - LABEL_COLUMNS - 1)).slice(0, REASON_LINES);
  const style = comparison.kind === 'worse' ? 'red' : comparison.kind === 'suspect' ? 'yellow' : 'reset';
  return lines.map((line, index) => fact(index === 0 ? 'metrics' : '', [cell(line, style)]));
};

const sizeRows = ({ size }: View): Cell[][] => (size === null ? [] : [fact('capacity', [cell(size.line)])]);

/** What a rollback would take now. */
const readinessRows = ({ readiness }: View, width: number): Cell[][] => {
  if (readiness === null) return [];
  const style = readiness.kind === 'short' ? 'yellow' : 'reset';
  return wrap(readiness.line, Math.max(20, width - LABEL_COLUMNS - 1)).map((line, index) =>
    fact(index === 0 ? 'way back' : '', [cell(line, style)]),
  );
};

/** What the deployment suspended; what somebody else made of it is printed whole, with the command, in a status. */
const scalingRows = ({ scaling }: View, width: number, whole: boolean): Cell[][] => {
  if (scaling === null) return [];
  const { kind, line, writer } = scaling;
  const text = writer === null ? line : `${line}; ${describeWriter(writer)}`;
  const lines = wrap(text, Math.max(20, width - LABEL_COLUMNS - 1));
  const shown = whole ? lines : lines.slice(0, REASON_LINES);
  const style = kind === 'asSet' ? 'reset' : 'yellow';
  return shown.map((part, index) => fact(index === 0 ? 'scaling' : '', [cell(part, style)]));
};

/** What happens where no stage of the plan says it; printed whole, cut where it is drawn over. */
const whyRows = ({ phase, why, ended }: View, width: number, whole: boolean): Cell[][] => {
  const text = ended?.kind === 'stuck' ? ended.reason : phase === 'recovering' ? why : '';
  if (text === '') return [];
  const lines = wrap(text, Math.max(20, width - LABEL_COLUMNS - 1));
  const shown = whole ? lines : lines.slice(0, REASON_LINES);
  return shown.map((line, index) => fact(index === 0 ? 'why' : '', [cell(line, 'red')]));
};

/** Where testers are, while there is a deployment that they could try. */
const testRows = ({ testRoute, ended }: View): Cell[][] => {
  if (testRoute === null || ended !== null) return [];
  const { route, url, weights } = testRoute;
  const to =
    weights === null
      ? 'no split of ours'
      : weights.green === 100
        ? 'green'
        : weights.green === 0
          ? 'blue'
          : 'both';
  return [fact('testers', [cell(to, to === 'green' ? 'green' : 'dim'), cell(`  ${url ?? route}`)])];
};

/** Hooks named one by one; more are counted. */
const NAMED_HOOKS = 4;

/** Those that run with the time they have left, and what the others answered: the newest. */
const hookRows = ({ hooks }: View, nowMs: number, width: number): Cell[][] => {
  const named = hooks.slice(-NAMED_HOOKS).map((hook) => {
    const { status, kind, deadlineMs } = hook;
    const left = formatDuration(Math.max(SECOND_MS, deadlineMs - nowMs));
    const asks = kind === 'approval' ? 'waits for an approval' : 'runs';
    const end = hook.reason === null ? '' : `: ${hook.reason}`;
    const text = status === 'RUNNING' ? `${asks}, ${left} left` : `${hookStatusInWords[status]}${end}`;
    const style = status === 'SUCCEEDED' ? 'green' : status === 'RUNNING' ? 'yellow' : 'red';
    const stage = hook.step === 0 ? hook.stage : `${hook.stage} ${hook.step}`;
    return [cell(text, style), cell(`  ${hook.name} (${stage})`, 'dim')] satisfies Cell[];
  });
  const more = hooks.length - NAMED_HOOKS;
  const rows = more > 0 ? [[cell(`${more} earlier`, 'dim')], ...named] : named;
  return rows.map((cells, index) =>
    fact(index === 0 ? 'hooks' : '', cutTo(cells, width - LABEL_COLUMNS - 1)),
  );
};

/** What the plan still has to bake; draining and health checks come on top and cannot be known. */
const timeLeft = (view: View, nowMs: number): string => {
  const { position, shifts, shiftedAtMs, noReturn, phase, waitsFor, blueStays } = view;
  if (waitsFor !== null) return 'as long as it waits';
  if (phase === 'rollingBack' || phase === 'removing') return 'until green has drained and is gone';
  if (noReturn || phase === 'promoting' || phase === 'retiring')
    return blueStays ? 'until the last weights have settled' : 'until blue has drained and is gone';
  if (phase === 'recovering' || phase === 'interrupted')
    return 'until a recovery has brought it back, or forward where blue had begun to go';
  if (shifts.length === 0) return 'not planned yet';
  const bakeMs = shifts.slice(position ?? 0).reduce((sum, shift) => sum + shift.bakeMs, 0);
  const currentMs = shifts[position ?? 0]?.bakeMs ?? 0;
  const bakedMs = shiftedAtMs === null ? 0 : Math.min(currentMs, Math.max(0, nowMs - shiftedAtMs));
  const before = position === null ? 'once green is healthy, ' : '';
  return `${before}${formatDuration(bakeMs - bakedMs)} of bakes${blueStays ? '' : ', then blue drains'}`;
};

const howToLeave = ({ noReturn }: View): Cell[] => [
  cell(
    noReturn
      ? 'no way back any more; Ctrl-C stops watching'
      : 'Ctrl-C stops watching; the deployment continues',
    'dim',
  ),
];

const footRows = (view: View, { trouble, foot }: PanelOptions): Cell[][] => [
  [cell('')],
  trouble === null
    ? [...(foot ?? howToLeave(view))]
    : [cell('cannot read: ', ['yellow', 'bold']), cell(trouble)],
];
