import { main } from '../main.ts';
import { PIPE_WIDTH, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { act, type Cutover, usage } from './act.ts';
import { makeWorkflow } from './workflow.ts';

/** The step of a GitHub workflow, in the runner's own Node. */
export const runAction = async (environment: NodeJS.ProcessEnv): Promise<number> => {
  const workflow = makeWorkflow(environment, (text) => void process.stdout.write(text));
  const cutover: Cutover = async (argv, shown) => {
    const ran = { out: '', err: '' };
    const terminal: Terminal = {
      out: (text) => {
        ran.out += text;
        if (shown) workflow.log(text);
      },
      err: (text) => {
        ran.err += text;
        if (shown) workflow.log(text);
      },
      width: PIPE_WIDTH,
      interactive: false,
      colour: false,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
    const code = await workflow.quoted(() => main(argv, terminal));
    return { code, ...ran };
  };
  try {
    return await act(workflow, cutover);
  } catch (error) {
    if (error instanceof UsageError) return usage(workflow, error.message);
    throw error;
  }
};
