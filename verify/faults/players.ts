import type { WorldFaultName } from '../../rehearsal/faults/world-faults.ts';
import type { CallFault } from '../../sim/kernel/call.types.ts';

/** Why a program does not play a fault. */
type Not = { not: string };

export type Players = {
  /**
   * The name of the fault of the exhaust by which it is played; the failure model plays it too, unless `failureModel`
   * differs.
   */
  exhaust: string | Not;
  failureModel?: string | Not;
  /**
   * Whether the soak draws it: among the several of a seed, or as one `beside` them by a chance of its own, so that
   * what the seed stood for before stays.
   */
  soak: boolean | 'beside';
  /** How the model of all states plays it: inside a step, between two steps, or at any state. */
  model: 'interruption' | 'trouble' | 'stop' | Not;
};

/** What to a decision are any weights of somebody else: not what was written. */
const NO_SPLIT = { not: 'foreign-weights and foreign-weights:0/100 stand for all splits' };
const NO_REQUESTS = { not: 'it has targets and no requests that could fail' };
const NO_THIRD_SET = { not: 'its service has the two task sets of the deployment' };
const NO_GROUP = { not: "the model's load balancer has two groups" };

const NO_MATCH = { not: 'its routes have no conditions, and no decision reads them' };

/** Variants that the exhaust plays in turn; the failure model would get many runs of one kind of end. */
const inTurn = <Exhaust extends string, Model extends Players['model']>(exhaust: Exhaust, model: Model) => ({
  exhaust,
  failureModel: { not: 'it ends as foreign-weights, foreign-removes-green or a dead task does' },
  soak: 'beside' as const,
  model,
});

/**
 * Not in the soak: the third group is a neighbour's there, whose users are another checker's; and who halves a colour,
 * which may be the next deployment's blue, or deletes blue leaves a rollback to a person, whom the exhaust plays.
 */
const apart = <Row extends { soak: 'beside' }>({ soak: _soak, ...row }: Row) => ({
  ...row,
  soak: false as const,
});

const foreignWrite = <Model extends Players['model']>(model: Model) => inTurn('foreign-writes', model);
const dies = <Model extends Players['model']>(model: Model) => inTurn('colours-die', model);
const mostlyDies = <Model extends Players['model']>(model: Model) => inTurn('mostly-dies', model);
const answersBadly = <Model extends Players['model']>(model: Model) => inTurn('unwell-colours', model);
const inScaling = <Model extends Players['model']>(model: Model) =>
  // Nothing scales the soak's services.
  apart(inTurn('foreign-scaling', model));
const inEcs = <Model extends Players['model']>(model: Model) => inTurn('foreign-ecs', model);

/**
 * Which program plays which fault of the two catalogues (rehearsal/faults/call-faults.ts,
 * rehearsal/faults/world-faults.ts). A new fault without a row does not compile; what a row claims, the programs have
 * to have (test/verify/faults.test.ts).
 */
export const players = {
  throttle: {
    exhaust: 'throttled',
    soak: true,
    model: { not: 'a verb that gets no answer is the same to a step, and is played' },
  },
  lost: { exhaust: 'times-out', soak: true, model: 'interruption' },
  unsent: {
    exhaust: { not: 'to a step it is as times-out, and to the world as dies-before' },
    soak: true,
    model: 'interruption',
  },
  silent: {
    exhaust: 'silent',
    failureModel: { not: 'it ends as api-down does' },
    soak: false,
    model: { not: 'to a step it is as a process that dies after the call, which is played' },
  },
  serverError: {
    exhaust: { not: 'one answer of HTTP 500 is tried again by the call itself' },
    failureModel: 'api-down',
    soak: true,
    model: { not: 'a verb that gets no answer is the same to a step, and is played' },
  },
  denied: {
    exhaust: { not: 'a missing permission lasts' },
    failureModel: 'permission-gone',
    soak: false,
    model: { not: 'a permission that is missing for good has no way to an end without a person' },
  },
  unattached: {
    exhaust: { not: 'one refusal of CreateTaskSet is what LaunchGreen expects, and its test has it' },
    soak: false,
    model: { not: 'the model attaches a group at once' },
  },
  twice: {
    exhaust: 'twice',
    soak: true,
    model: { not: 'a retry after a lost answer writes the same twice, and is played' },
  },
  dieBefore: { exhaust: 'dies-before', soak: true, model: 'interruption' },
  dieAfter: { exhaust: 'dies-after', soak: true, model: 'interruption' },
  stopped: { exhaust: 'stopped', soak: true, model: 'stop' },
  'foreign-weights': { exhaust: 'foreign-weights', soak: true, model: 'trouble' },
  'foreign-removes-green': { exhaust: 'foreign-removes-green', soak: true, model: 'trouble' },
  alarm: { exhaust: 'alarm', soak: true, model: 'trouble' },
  'green-task-dies': { exhaust: 'green-task-dies', soak: true, model: 'trouble' },
  'blue-task-dies': { exhaust: 'blue-task-dies', soak: true, model: 'trouble' },
  'stale-reads': { exhaust: 'stale-reads', soak: true, model: { not: 'its reads show the world as it is' } },
  'green-stays-short': {
    exhaust: 'green-stays-short',
    failureModel: { not: 'it ends as green-task-dies does' },
    soak: false,
    model: { not: 'a target that died need not come back, so that green-task-dies covers it' },
  },
  'blue-stays-short': {
    exhaust: 'blue-stays-short',
    failureModel: { not: 'it ends as blue-task-dies does' },
    soak: false,
    model: { not: 'a target that died need not come back, so that blue-task-dies covers it' },
  },
  'colour-dies:blue': dies({ not: 'a blue without targets is what its sickness leaves' }),
  'colour-dies:green': dies({ not: 'a green without targets is what its crash leaves' }),
  'colour-flaps:blue': dies({ not: 'its colours become sick and healthy at any time, within the troubles' }),
  'colour-flaps:green': dies({ not: 'its colours become sick and healthy at any time, within the troubles' }),
  'foreign-weights:0/100': foreignWrite('trouble'),
  'foreign-swap': foreignWrite(NO_SPLIT),
  'foreign-weights:50/50': foreignWrite(NO_SPLIT),
  'foreign-weights:0/100:one-route': foreignWrite(NO_SPLIT),
  'foreign-weights:1/0': foreignWrite(NO_SPLIT),
  'foreign-group': apart(foreignWrite(NO_GROUP)),
  'foreign-weights:100/0': foreignWrite(NO_SPLIT),
  'foreign-adds-group': apart(foreignWrite(NO_GROUP)),
  'foreign-weights:0/0': foreignWrite(NO_SPLIT),
  'foreign-scale:blue': apart(
    inEcs({ not: 'a colour with half of its targets is what blue-task-dies leaves' }),
  ),
  'foreign-scale:green': apart(
    inEcs({ not: 'a colour with half of its targets is what green-task-dies leaves' }),
  ),
  'foreign-delete:blue': apart(inEcs({ not: 'a blue without targets is what its sickness leaves' })),
  'foreign-delete:green': inEcs('trouble'),
  'foreign-delete:service': inEcs({
    not: 'its colours may both be gone: one by a trouble, the other by the deployment',
  }),
  'foreign-primary:blue': inEcs({ not: 'blue is PRIMARY until green is promoted' }),
  'colour-errors:green': answersBadly(NO_REQUESTS),
  'checks-fail:blue': answersBadly({ not: 'a blue that fails its checks is what its sickness leaves' }),
  'checks-fail:blue:kept': answersBadly({ not: 'a blue that fails its checks is what its sickness leaves' }),
  'slow:blue': answersBadly({ not: 'a blue that fails its checks is what its sickness leaves' }),
  'checks-fail:green': answersBadly({ not: 'a green that fails its checks is what its sickness leaves' }),
  'checks-fail:green:kept': answersBadly({
    not: 'a green that fails its checks is what its sickness leaves',
  }),
  'slow:green': answersBadly({ not: 'a green that fails its checks is what its sickness leaves' }),
  'colour-errors:blue': answersBadly(NO_REQUESTS),
  'foreign-twin': inEcs(NO_THIRD_SET),
  'foreign-primary:other': inEcs(NO_THIRD_SET),
  'foreign-primary:green': inEcs({ not: 'no decision before the promotion reads which set is PRIMARY' }),
  'foreign-scaling:suspended': inScaling({ not: 'nothing scales its service' }),
  'foreign-scaling:resumed': inScaling({ not: 'nothing scales its service' }),
  'foreign-conditions': inTurn('foreign-rules', NO_MATCH),
  'foreign-priority': inTurn('foreign-rules', NO_MATCH),
  'mostly-dies:blue': mostlyDies({ not: 'half of its two targets is what blue-task-dies leaves' }),
  'mostly-dies:green': mostlyDies({ not: 'half of its two targets is what green-task-dies leaves' }),
} as const satisfies Record<CallFault | WorldFaultName, Players>;

export type FaultName = keyof typeof players;

/** The faults that the model plays in one way. */
export type Modelled<How extends string> = {
  [Name in FaultName]: (typeof players)[Name]['model'] extends How ? Name : never;
}[FaultName];
