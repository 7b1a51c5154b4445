import type { HookExecution } from '../../core/vocabulary/hooks.types.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { hookAnswer } from '../../functions/hook-answer.ts';
import { copyOf } from './copy.ts';
import { endHookExecution } from './hook-verbs.ts';
import type { Edge, ModelState } from './model.types.ts';

type Handled = (
  from: ModelState,
  name: string,
  handler: (deps: Deps) => Promise<unknown>,
) => Promise<{ state: ModelState; problems: string[] }>;

const runningIn = ({ hooks }: ModelState): HookExecution[] =>
  hooks.executions.filter(({ running }) => running).map(({ input }) => input);

const answers = async (
  state: ModelState,
  handled: Handled,
  by: Edge['by'],
  hookStatus: string,
): Promise<Edge[]> => {
  const edges: Edge[] = [];
  for (const input of runningIn(state)) {
    const reply = { Payload: { hookStatus } };
    const { state: to, problems } = await handled(state, 'HookAnswer', (deps) =>
      hookAnswer({ ...input, reply }, deps),
    );
    endHookExecution(to, input.runId);
    edges.push({ by, label: `the hook at ${input.stage} answers ${hookStatus}`, to, problems });
  }
  return edges;
};

/** A function that answers well does so at any time, or never: its time is over then. */
export const hookSuccesses = (state: ModelState, handled: Handled): Promise<Edge[]> =>
  answers(state, handled, 'nature', 'SUCCEEDED');

/** It refuses, or its execution ends without a result: somebody stopped it, or it answered too much. */
export const hookTroubles = async (state: ModelState, handled: Handled): Promise<Edge[]> => [
  ...(await answers(state, handled, 'trouble', 'FAILED')),
  ...runningIn(state).map((input): Edge => {
    const to = copyOf(state);
    endHookExecution(to, input.runId);
    return { by: 'trouble', label: `the hook at ${input.stage} dies without a result`, to, problems: [] };
  }),
];
