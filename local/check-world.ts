import type { WorldSeed } from '../sim/parts.types.ts';
import { forwardingRoutes } from '../sim/world-files/world-problems.ts';
import { knownFields, patternProblem } from './balancer/conditions.ts';
import { type LocalFile, programFor } from './local-file.ts';

/** What of a world cannot be run here, as sentences; empty when all of it can. */
export const localProblems = (world: WorldSeed, { path, programs }: LocalFile): string[] => [
  ...networkBalancers(world),
  ...unknownConditions(world),
  ...unreadablePatterns(world),
  ...functions(world),
  ...firstImages(world)
    .filter((image) => programFor(programs, image) === undefined)
    .map(
      (image) =>
        `${path}: expected a program for the image ${image}, which runs from the start, or null to leave ` +
        'its containers out; found none',
    ),
];

const networkBalancers = ({ loadBalancers }: WorldSeed): string[] =>
  loadBalancers
    .filter(({ Type = 'application' }) => Type !== 'application')
    .map(
      ({ LoadBalancerName, Type }) =>
        `load balancer ${LoadBalancerName}: expected an application load balancer, found a ${Type} ` +
        'one, which can only be rehearsed',
    );

const unknownConditions = ({ rules }: WorldSeed): string[] =>
  rules.flatMap(({ Rule }) =>
    (Rule.Conditions ?? [])
      .filter(({ Field }) => !knownFields.includes(Field ?? ''))
      .map(
        ({ Field }) =>
          `rule ${Rule.RuleArn}: expected a condition on ${knownFields.join(', ')}; found ${Field}`,
      ),
  );

const unreadablePatterns = ({ rules }: WorldSeed): string[] =>
  rules.flatMap(({ Rule: { RuleArn, Conditions = [], Transforms = [] } }) => {
    const sources = [
      ...Conditions.flatMap((each) => [
        ...(each.RegexValues ?? []),
        ...[each.HostHeaderConfig, each.PathPatternConfig, each.HttpHeaderConfig].flatMap(
          (config) => config?.RegexValues ?? [],
        ),
      ]),
      ...Transforms.flatMap(({ UrlRewriteConfig, HostHeaderRewriteConfig }) =>
        [UrlRewriteConfig, HostHeaderRewriteConfig].flatMap((config) =>
          (config?.Rewrites ?? []).map(({ Regex = '' }) => Regex),
        ),
      ),
    ];
    return [...new Set(sources)].flatMap((source) => {
      const problem = patternProblem(source);
      return problem === undefined
        ? []
        : [`rule ${RuleArn}: expected a regular expression, found ${source} (${problem})`];
    });
  });

/** A Lambda function is no process of this machine, and a load balancer hands it requests by an API, not by HTTP. */
const functions = (world: WorldSeed): string[] => {
  const named = forwardingRoutes(world).flatMap(({ groups }) => groups);
  return world.targetGroups
    .filter(
      ({ TargetType, TargetGroupArn = '' }) => TargetType === 'lambda' && named.includes(TargetGroupArn),
    )
    .map(
      ({ TargetGroupName }) =>
        `target group ${TargetGroupName}: expected targets that are tasks, found a Lambda function, which can ` +
        'only be rehearsed; leave out the rules that forward to it',
    );
};

/** Images of the task sets that a world begins with. */
const firstImages = ({ services, taskDefinitions }: WorldSeed): string[] => {
  const used = services.flatMap(({ taskSets = [] }) => taskSets.map(({ taskDefinition }) => taskDefinition));
  const images = taskDefinitions
    .filter(({ taskDefinitionArn }) => used.includes(taskDefinitionArn))
    .flatMap(({ containerDefinitions = [] }) => containerDefinitions.map(({ image = '' }) => image));
  return [...new Set(images)];
};
