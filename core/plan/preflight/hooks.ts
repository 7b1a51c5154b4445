import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** A hook for native ECS refuses here what it refuses there, or somebody has checked that it does. */
export const checkHooks: Check = ({ request: { hooks = [] } }) =>
  hooks.flatMap((hook) =>
    hook.kind !== 'lambda' || hook.contract !== 'ecs' || hook.verified === true
      ? []
      : [
          warning(
            'hook-unverified',
            `expected the function of hook ${hook.name} to be known to refuse, found "contract": "ecs" without ` +
              '"verified": true: a service of the deployment controller EXTERNAL has no service deployments and no ' +
              'revisions, and a function that asks ECS for them may take that for a first deployment and pass',
            `Call it for a version that must not pass: \`cutover hook test ${hook.name} --expect FAILED ` +
              '-t REVISION`. If it ' +
              'answers FAILED, set `"verified": true`; if not, let it read `cutover` in the event ' +
              'instead of asking ECS.',
          ),
        ],
  );
