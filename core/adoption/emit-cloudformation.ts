import type { Input, MoveObservation } from './adoption.types.ts';
import { emittedParts } from './emit-parts.ts';
import type { MovePlan } from './move-plan.ts';

/** A logical ID has so many letters and digits; the longest suffix takes seven. */
const MOST_ID = 240;

const logical = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
    .join('')
    .slice(0, MOST_ID) || 'Moved';

const cfnTags = (tags: Readonly<Record<string, string>>): Input[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** `desiredCount` of the ECS API is `DesiredCount` in a template; members inside, too. */
const pascal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pascal);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
      pascal(inner),
    ]),
  );
};

type Import = { ResourceType: string; LogicalResourceId: string; ResourceIdentifier: Input };

/**
 * The resources of a template, and what `create-change-set --change-set-type IMPORT` wants for those that are there.
 */
export const emitCloudFormation = (
  plan: MovePlan,
  observed: MoveObservation,
): { template: Record<string, unknown>; imports: Import[] } => {
  const { groups, preview, service, tags } = emittedParts(plan, observed);
  const { names } = plan;
  const resources: Record<string, unknown> = {};
  const imports: Import[] = [];
  const add = (
    wanted: string,
    type: string,
    properties: unknown,
    identifier: Input | null,
    after: string | null = null,
  ): void => {
    // A group's name is cut, and may then be that of the service.
    const id = wanted in resources ? `${wanted}Service` : wanted;
    // An import wants a DeletionPolicy on each; nothing that serves goes because a template lost a resource.
    resources[id] = {
      Type: type,
      ...(after === null ? {} : { DependsOn: after }),
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: properties,
    };
    if (identifier !== null)
      imports.push({ ResourceType: type, LogicalResourceId: id, ResourceIdentifier: identifier });
  };
  const previewId = `${logical(names.twin)}Preview`;
  for (const { name, settings, attributes, arn } of groups)
    add(
      logical(name),
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      {
        Name: name,
        ...settings,
        TargetGroupAttributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
        Tags: cfnTags(tags),
      },
      arn === null ? null : { TargetGroupArn: arn },
    );
  if (preview !== null)
    add(
      previewId,
      'AWS::ElasticLoadBalancingV2::ListenerRule',
      {
        ListenerArn: preview.input.ListenerArn,
        Priority: preview.input.Priority,
        Conditions: preview.input.Conditions,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: preview.groups.map(({ name, arn, weight }) => ({
                TargetGroupArn: name === null ? arn : { Ref: logical(name) },
                Weight: weight,
              })),
              ...(preview.stickySeconds === null
                ? {}
                : {
                    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: preview.stickySeconds },
                  }),
            },
          },
        ],
      },
      preview.arn === null ? null : { RuleArn: preview.arn },
    );
  const { clientToken: _token, enableECSManagedTags, ...input } = service.input;
  add(
    logical(names.twin),
    'AWS::ECS::Service',
    {
      ...(pascal(input) as Input),
      ...(enableECSManagedTags === undefined ? {} : { EnableECSManagedTags: enableECSManagedTags }),
    },
    service.there && observed.twin !== null
      ? { ServiceArn: observed.twin.arn, Cluster: names.cluster }
      : null,
    // ECS takes a target group only behind a rule that names it [fact 20].
    plan.kind === 'leave' && preview !== null ? previewId : null,
  );
  return { template: { AWSTemplateFormatVersion: '2010-09-09', Resources: resources }, imports };
};
