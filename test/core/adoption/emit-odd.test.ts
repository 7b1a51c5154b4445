import { describe, expect, test } from 'vitest';
import { emitCloudFormation } from '../../../core/adoption/emit-cloudformation.ts';
import { emitTerraform } from '../../../core/adoption/emit-terraform.ts';
import { ODD_NAMES, oddMove } from './an-odd-move.ts';

describe.each(ODD_NAMES)('a service %s that moves to %s', (old, twin) => {
  const { plan, observed } = oddMove(old, twin);

  test('has four resources with IDs that CloudFormation takes', () => {
    const ids = Object.keys(emitCloudFormation(plan, observed).template.Resources as object);

    expect(ids).toHaveLength(4);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });

  test('has resources with names that Terraform takes, and no text that begins an expression', () => {
    const text = emitTerraform(plan, observed);
    const labels = [...text.matchAll(/^resource "\w+" "(.*)" \{$/gm)].map(([, label]) => label);

    expect(labels).toHaveLength(4);
    for (const label of labels) expect(label).toMatch(/^[a-z_][a-z0-9_]*$/);
    expect(text).not.toMatch(/(?<![$%])[$%]\{/);
  });
});

test('alternatives of a query string stay alternatives: one condition with a block for each', () => {
  const { plan, observed } = oddMove('shop', 'shop-x');
  const text = emitTerraform(plan, observed);

  expect(text.match(/^ {2}condition \{/gm)).toHaveLength(3);
  expect(text.match(/^ {4}query_string \{/gm)).toHaveLength(2);
});

test('what the group has beside its usual attributes is in the resource', () => {
  const { plan, observed } = oddMove('shop', 'shop-x');
  const text = emitTerraform(plan, observed);

  expect(text).toContain('load_balancing_anomaly_mitigation = "on"');
  expect(text).toContain('dns_failover {\n      minimum_healthy_targets_count = "2"\n    }');
  expect(text).toContain('unhealthy_state_routing {\n      minimum_healthy_targets_percentage = "50"\n    }');
});

test('copies of a sticky group have a sticky preview, which Elastic Load Balancing wants then', () => {
  const { plan, observed } = oddMove('shop', 'shop-x');
  const sticky = {
    ...observed,
    groups: observed.groups.map((one) => ({
      ...one,
      attributes: { ...one.attributes, 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' },
    })),
    routes: observed.routes.map((route) => ({ ...route, stickySeconds: 300 })),
  };

  expect(emitTerraform(plan, sticky)).toContain(
    '      stickiness {\n        enabled  = true\n        duration = 300\n      }',
  );
  expect(JSON.stringify(emitCloudFormation(plan, sticky).template)).toContain(
    '"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":300}',
  );
  expect(emitTerraform(plan, observed)).not.toContain('duration = 300');
});
