import { SECOND_MS } from '../../core/clock.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { World } from '../../sim/world.ts';

/**
 * A deployment's comparison is one series from its first shift to its end: the chance of a false rollback is promised
 * for the whole of it. Read from the decisions in its record.
 */
export const beganAgain = ({ dynamoDb }: World, deploymentId: string): string[] => {
  const began = dynamoDb
    .partition(`deployment#${deploymentId}`)
    .flatMap(({ decisionJson }) =>
      typeof decisionJson === 'string' ? [JSON.parse(decisionJson) as Decision] : [],
    )
    .flatMap(({ analysis }) => (analysis === undefined ? [] : [analysis.sinceMs]));
  const [first] = began;
  const again = began.find((sinceMs) => sinceMs !== first);
  if (first === undefined || again === undefined) return [];
  return [
    `the plan: its comparison began again ${(again - first) / SECOND_MS} s after its first minute, which allows ` +
      'one more false rollback',
  ];
};
