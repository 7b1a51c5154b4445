import type { Machine } from './machine.ts';
import type { Edge, ModelExecution, ModelState } from './model.types.ts';
import { type Ran, runTask } from './run-task.ts';
import type { Interruption } from './session.ts';
import { betweenReadAndWrite } from './troubles.ts';

export const edgeOf = (by: Edge['by'], what: string, ran: Ran): Edge => ({
  by,
  label: `${what} ${ran.result}`.trim(),
  to: ran.state,
  problems: ran.problems,
});

const words: Record<Exclude<Interruption['kind'], 'meanwhile'>, string> = {
  unsent: 'gets no answer from',
  lost: 'loses the answer of',
  dieBefore: 'dies before',
  dieAfter: 'dies after',
  stopped: 'is stopped before',
};

const kinds = Object.keys(words) as (keyof typeof words)[];

const faultsOf = (made: Ran['made']): Interruption[] =>
  made.flatMap(({ write }, at): Interruption[] =>
    write ? kinds.map((kind) => ({ at, kind })) : [{ at, kind: 'unsent' }],
  );

/** `RollBack loses the answer of listener.write:` */
const describe = (step: string, { kind, label }: Interruption, verb = ''): string =>
  kind === 'meanwhile' ? `${label} right before ${step}'s ${verb}:` : `${step} ${words[kind]} ${verb}:`;

/** Every way in which the Task that comes next can go wrong. */
export const failures = async (
  machine: Machine,
  state: ModelState,
  execution: ModelExecution,
  made: Ran['made'],
): Promise<Edge[]> => {
  const interruptions = [
    ...faultsOf(made),
    ...made.flatMap(({ verb, write }, at) =>
      write && /^(listener|taskSets)/.test(verb)
        ? betweenReadAndWrite(state, machine.base).map(
            ({ label, apply }): Interruption => ({ at, kind: 'meanwhile', label, change: apply }),
          )
        : [],
    ),
  ];
  const edges: Edge[] = [];
  for (const interruption of interruptions) {
    // One Lambda that runs on after its execution is enough.
    if (interruption.kind === 'stopped' && state.late !== null) continue;
    const what = describe(execution.at, interruption, made[interruption.at]?.verb);
    const ran = await runTask(machine, state, execution.arn, interruption);
    edges.push(edgeOf('trouble', what, ran));
    if (ran.retriable) {
      edges.push(edgeOf('trouble', what, await runTask(machine, state, execution.arn, interruption, true)));
    }
  }
  return edges;
};
