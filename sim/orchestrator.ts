import { readFileSync } from 'node:fs';
import { stepNames } from '../statemachine/contract.ts';
import { makeLambda, type SimLambda } from './lambda.ts';
import { makeStepFunctions, type StepFunctions } from './stepfunctions/step-functions.ts';
import type { World } from './world.ts';

/** The file that is deployed, run as it is. */
export const definition: unknown = JSON.parse(
  readFileSync(new URL('../statemachine/deploy.asl.json', import.meta.url), 'utf8'),
);

const resources = Object.fromEntries(
  stepNames.map((name) => [`${name}Arn`, `arn:aws:lambda:us-east-1:123456789012:function:cutover-${name}`]),
);

export type Orchestrator = { lambda: SimLambda; stepFunctions: StepFunctions };

/** What infra/ deploys into an account: the state machine and its Lambdas, in a simulated one. */
export const installOrchestrator = ({ kernel, connectors }: World): Orchestrator => {
  const lambda = makeLambda(kernel, connectors);
  const stepFunctions = makeStepFunctions(kernel, definition, { resources, invoke: lambda.invoke });
  return { lambda, stepFunctions };
};
