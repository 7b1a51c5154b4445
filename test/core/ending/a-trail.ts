import { OWN_USER_AGENT } from '../../../core/ending/writer.ts';
import type { Drift } from '../../../core/vocabulary/drift.types.ts';
import { aRoute, NOW } from '../a-deployment.ts';

const { arn } = aRoute('HTTPS:443 default');

export const drift: Drift = {
  of: 'weights',
  resources: [arn],
  afterMs: NOW - 600_000,
  foundAtMs: NOW,
};

export const OWN = `aws-sdk-js/3.1141.0 lang/js ${OWN_USER_AGENT}`;

/** A `CloudTrailEvent` of a write to the route, as the service writes it. */
export const anEvent = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:ci-42',
      arn: 'arn:aws:sts::111122223333:assumed-role/deployer/ci-42',
      accountId: '111122223333',
    },
    eventTime: '2027-01-15T07:59:00Z',
    eventSource: 'elasticloadbalancing.amazonaws.com',
    eventName: 'ModifyListener',
    sourceIPAddress: '203.0.113.24',
    userAgent:
      'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0',
    requestParameters: { listenerArn: arn, defaultActions: [{ type: 'forward' }] },
    eventID: 'b9a2f0a4-0000-4000-8000-000000000001',
    readOnly: false,
    ...changes,
  });

/** As a lookup answers it, a minute before the deployment found the write. */
export const aTrailEvent = (changes: Record<string, unknown> = {}, atMs = NOW - 60_000) => ({
  text: anEvent(changes),
  atMs,
});
