import { DeploymentError } from '../../core/errors.ts';
import { checkSnapshot } from '../../core/safety/checks.ts';
import type { BareSnapshot, SafetyWrite } from '../../core/safety/snapshot.ts';
import { withMemory } from '../../core/safety/snapshot.ts';
import { lambdaDeaths } from '../../statemachine/lambda-errors.ts';
import type { Modelled } from '../faults/players.ts';
import type { Answer, ModelState } from './model.types.ts';
import { snapshotOf } from './snapshot.ts';

/** One thing that goes wrong during a step, at its n-th verb, counted from 0. */
export type Interruption = {
  at: number;
  kind:
    | Modelled<'interruption'> /** As in the catalogue of what can become of a call. */
    | 'stopped' /** The execution is stopped here; the Lambda continues later. */
    | 'meanwhile' /** The world changes right before the call. */;
  /** What changes, and how. */
  label?: string;
  change?: (state: ModelState) => void;
};

/** The Lambda ended without an answer. */
export class LambdaDied extends Error {
  override readonly name: (typeof lambdaDeaths)[number];

  /** `at`: the verb it died at; each has another of Lambda's names for it. */
  constructor(at: number, message: string) {
    super(message);
    this.name = lambdaDeaths[at % lambdaDeaths.length] ?? lambdaDeaths[0];
  }
}

/** The rest of the step happens later, if at all. */
export class Suspended extends Error {
  override readonly name = 'Suspended';
}

type Made = { verb: string; write: boolean };

/** One run of a step, or what is left of one, against a state that it may change. */
export type Session = {
  state: ModelState;
  made: Made[];
  answers: Answer[];
  /** Broken invariants. */
  problems: string[];
  /** The world as it was when the step began. */
  began(): BareSnapshot;
  call<Result>(
    verb: string,
    kind: 'read' | 'write',
    run: () => Result,
    write?: Omit<SafetyWrite, 'by'>,
  ): Promise<Result>;
};

type SessionOptions = {
  step: string;
  interruption?: Interruption;
  /** What an earlier, suspended run was answered. */
  recorded?: readonly Answer[];
  /** What the step saw when it began, if that was earlier. */
  seen?: BareSnapshot;
};

export const makeSession = (state: ModelState, options: SessionOptions): Session => {
  const { step, interruption, recorded = [] } = options;
  // Most runs write nothing and need no picture: it is taken right before the first change.
  let seen = options.seen;
  const began = (): BareSnapshot => {
    seen ??= snapshotOf(state, null);
    return seen;
  };
  const problems: string[] = [];
  const made: Made[] = [];
  const answers: Answer[] = [];

  /** What each write does to the world is held against the invariants. */
  const judged = <Result>(run: () => Result, write: Omit<SafetyWrite, 'by'>): Result => {
    const first = began();
    const before = snapshotOf(state, null);
    const result = run();
    const after = snapshotOf(state, { ...write, step, by: 'cutover' });
    const start = withMemory(null, { ...first, atMs: before.atMs });
    const known = { ...start, memory: { ...start.memory, retiring: state.retiring } };
    const was = withMemory(known, before);
    const is = withMemory(was, after);
    state.retiring = is.memory.retiring;
    problems.push(
      ...checkSnapshot(was, is).map(
        ({ invariant, message }) => `invariant ${invariant} is broken: ${message}`,
      ),
    );
    return result;
  };

  const perform = <Result>(run: () => Result, write: Omit<SafetyWrite, 'by'> | undefined): Result => {
    try {
      const value = write === undefined ? run() : judged(run, write);
      answers.push({ value });
      return value;
    } catch (error) {
      answers.push({ error });
      throw error;
    }
  };

  return {
    state,
    made,
    answers,
    problems,
    began,
    async call(verb, kind, run, write) {
      const at = made.length;
      made.push({ verb, write: kind === 'write' });
      const replayed = recorded[at];
      if (replayed !== undefined) {
        if ('error' in replayed) throw replayed.error;
        return replayed.value as ReturnType<typeof run>;
      }
      if (interruption?.kind === 'stopped' && at >= interruption.at) throw new Suspended();
      if (interruption?.at !== at) return perform(run, write);
      switch (interruption.kind) {
        case 'unsent':
          throw unavailable(verb);
        case 'dieBefore':
          throw new LambdaDied(at, `${step} ended before ${verb}`);
        case 'lost':
          perform(run, write);
          throw unavailable(verb);
        case 'dieAfter':
          perform(run, write);
          throw new LambdaDied(at, `${step} ended after ${verb}`);
        default:
          began();
          interruption.change?.(state);
          return perform(run, write);
      }
    },
  };
};

const unavailable = (verb: string): DeploymentError =>
  new DeploymentError('Unavailable', `Could not finish ${verb}: no usable answer.`);
