import { OWN_USER_AGENT } from '../../core/ending/writer.ts';
import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';

/** The parts of a CloudTrail event that depend on the call. */

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** As CloudTrail has them: members begin with a small letter, whatever the API's spelling. */
export const parametersOf = (input: unknown): unknown => {
  if (Array.isArray(input)) return input.map(parametersOf);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [lowerFirst(name), parametersOf(value)]),
  );
};

/** Which call wrote a route that the trace names: the default action is the listener's. */
export const namesAs = (data: Record<string, unknown>): { name: string; parameters: unknown } => {
  const route = String(data.route);
  const groups = data.groups as WeightedGroup[];
  const isRule = route.includes(':listener-rule/');
  if (isRule && groups.length === 0) return { name: 'DeleteRule', parameters: { ruleArn: route } };
  const actions = [{ type: 'forward', forwardConfig: { targetGroups: groups } }];
  return isRule
    ? { name: 'ModifyRule', parameters: { ruleArn: route, actions } }
    : { name: 'ModifyListener', parameters: { listenerArn: route, defaultActions: actions } };
};

type Called = { step: string | null; by: string; id: string };

/** Who, from where and with what: Cutover's steps by their roles, a tool by a role of its own, a person as a user. */
export const identityOf = ({ step, by, id }: Called, account: string): Record<string, unknown> => {
  if (step !== null)
    return {
      ...role(account, `cutover-${step}`, step, id),
      sourceIPAddress: '198.51.100.20',
      userAgent: `aws-sdk-js/3.1141.0 ua/2.1 os/linux lang/js md/nodejs#24 api/call#3 ${OWN_USER_AGENT}`,
    };
  if (!/\s/.test(by))
    return {
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${account}:user/${by}`,
        accountId: account,
        accessKeyId: 'AKIAEXAMPLE',
        userName: by,
      },
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux lang/python#3.13.7',
    };
  return {
    ...role(account, 'infrastructure', by.replace(/[^\w+=,.@-]+/g, '-'), id),
    sourceIPAddress: '203.0.113.24',
    userAgent:
      'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 ' +
      'aws-sdk-go-v2/1.39.4',
  };
};

const role = (account: string, name: string, session: string, id: string) => ({
  userIdentity: {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${id.slice(0, 8).toUpperCase()}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLE',
        arn: `arn:aws:iam::${account}:role/${name}`,
        accountId: account,
        userName: name,
      },
    },
  },
});
