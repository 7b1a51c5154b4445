import { main } from '../main.ts';
import { PIPE_WIDTH, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { act, type Cutover, usage } from './act.ts';
import { inInputs } from './inputs.ts';
import { makeWorkflow } from './workflow.ts';

/** The step of a GitHub workflow, in the runner's own Node. */
export const runAction = async (
  environment: NodeJS.ProcessEnv,
  write: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<number> => {
  const workflow = makeWorkflow(environment, write);
  const cutover: Cutover = async (argv, shown) => {
    const ran = { out: '', err: '' };
    const terminal: Terminal = {
      out: (text) => {
        ran.out += text;
        if (shown) workflow.log(text);
      },
      err: (text) => {
        const said = inInputs(text);
        ran.err += said;
        if (shown) workflow.log(said);
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
