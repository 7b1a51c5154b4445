import { reaches } from '../core/weights/test-route.ts';
import type { Deps } from './deps.types.ts';
import { ifPossible } from './if-possible.ts';
import { type Leaving, readTest, servingBeside } from './test-route.ts';

/** Whether testers still reach a colour that goes, by somebody else's write; what cannot be read has to wait. */
export const testRouteReaches = async (
  { plan, leaving }: Leaving,
  listener: Deps['listener'],
): Promise<boolean> => {
  if (plan.test === undefined) return false;
  const test = await ifPossible(readTest(plan, servingBeside(leaving), listener));
  return test !== null && !test.done && reaches(plan, test.live.forward, leaving);
};
