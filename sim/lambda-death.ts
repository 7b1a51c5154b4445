import { lambdaDeaths } from '../statemachine/lambda-errors.ts';
import type { Random } from './kernel/random.ts';

/**
 * The error with which Step Functions learns of an invocation that ended without an answer: one of Lambda's names for
 * it.
 */
export const lambdaDeath = (random: Random): Error =>
  Object.assign(new Error('RequestId: the sandbox ended'), {
    name: lambdaDeaths[random.between(0, lambdaDeaths.length - 1)],
  });
