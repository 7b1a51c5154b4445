import { expect, test } from 'vitest';
import type { MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { emitTerraform } from '../../../core/adoption/emit-terraform.ts';
import { movePlan } from '../../../core/adoption/move-plan.ts';
import { moveNames } from '../../../core/adoption/names.ts';

const plan = movePlan('leave', moveNames('main', 'shop-x', 'shop'), {
  shares: [100],
  removeGroups: false,
  nativeRoleArn: null,
});

const observed = {
  old: {
    desired: 2,
    taskDefinition: 'shop:1',
    balancer: { targetGroupArn: 'a', alternateArn: 'b', container: 'web', port: 80 },
    launch: { capacityProviderStrategy: [{ capacityProvider: 'spot', weight: 3, base: 0 }] },
    kept: {
      placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:\u0024{x} == %{y}' }],
    },
    registries: [
      { registryArn: 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1', containerPort: 80 },
    ],
    graceSeconds: null,
    controller: 'EXTERNAL',
    tags: {},
    taskSets: [],
  },
  twin: null,
  groups: [],
  routes: [],
  scaling: { old: null, twin: null },
} as unknown as MoveObservation;

test('where tasks are placed is in the resource, and no text begins an expression of HCL', () => {
  const text = emitTerraform(plan, observed);

  expect(text).toContain(
    'capacity_provider_strategy {\n    capacity_provider = "spot"\n    weight = 3\n    base = 0\n  }',
  );
  expect(text).toContain('ordered_placement_strategy {\n    type = "spread"');
  expect(text).toContain(
    'service_registries {\n    registry_arn = "arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1"\n    container_port = 80\n  }',
  );
  expect(text).toContain('expression = "attribute:$${x} == %%{y}"');
});
