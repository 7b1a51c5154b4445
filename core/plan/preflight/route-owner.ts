import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Route } from '../../vocabulary/plan.types.ts';
import { seen, type TaggedRoute } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** Who would write the route's weights, and what keeps them from it. */
type Owner = {
  name: string;
  does: string;
  fix: string;
  /** It never stops writing its own weights, whatever its configuration says. */
  reconciles: boolean;
};

type RouteName = Pick<Route, 'kind' | 'arn'>;

/**
 * Infrastructure as code that owns a route writes its own weights over those of a deployment. Its tags say whose the
 * route is, and so which line keeps the owner away; whether the line is there already nobody can read.
 */
export const checkRouteOwner: Check = ({ observed: { surroundings }, found }) => {
  const tagged = seen(surroundings?.owners) ?? [];
  return found.routes.flatMap((route): Finding[] => {
    const owner = ownerOf(route, tagged.find(({ arn }) => arn === route.arn)?.tags ?? {});
    if (owner === null) return [];
    return [
      warning(
        'route-has-an-owner',
        `expected nobody but Cutover to write the weights of ${route.label}, found that ${owner.name}: ${owner.does}`,
        owner.fix,
      ),
    ];
  });
};

type Tags = TaggedRoute['tags'];

const CONTROLLERS =
  /^(elbv2\.k8s\.aws|ingress\.k8s\.aws|services\.k8s\.aws|service\.k8s\.aws)\/|^crossplane-/;
const TERRAFORM = /terraform|opentofu|terragrunt/i;

/** Whose the route is, by its tags; null: they say nothing. */
export const ownerOf = (route: RouteName, tags: Tags): Owner | null => {
  const names = Object.keys(tags);
  const controller = names.find((name) => CONTROLLERS.test(name));
  if (controller !== undefined) return reconciled(controller, tags[controller] ?? '');
  if (tags['aws:cloudformation:stack-name'] !== undefined) return stacked(tags);
  const terraform = names.find((name) => TERRAFORM.test(name) || TERRAFORM.test(tags[name] ?? ''));
  return terraform === undefined ? null : planned(route, terraform, tags[terraform] ?? '');
};

const reconciled = (name: string, value: string): Owner => ({
  name: `its tag ${name}=${value} names a controller`,
  does: 'it writes its own weights back within minutes, again and again',
  fix: 'Take the route out of its hands before you deploy: no line of it leaves the weights alone.',
  reconciles: true,
});

/** CloudFormation compares templates: an update that does not touch the rule leaves its weights. */
const stacked = (tags: Tags): Owner => {
  const stack = tags['aws:cloudformation:stack-name'] ?? '';
  const resource = tags['aws:cloudformation:logical-id'] ?? 'LOGICAL_ID_OF_THE_RULE';
  const statement = {
    Effect: 'Deny',
    Action: 'Update:*',
    Principal: '*',
    Resource: `LogicalResourceId/${resource}`,
  };
  return {
    name: `its tags name ${resource} of the CloudFormation stack ${stack}`,
    does: "an update that changes the resource writes the template's weights",
    fix:
      "Change nothing of it in the template or the CDK's app, where neither can leave a single property alone, " +
      `and guard it with this statement in the stack's policy: ${JSON.stringify(statement)}. ` +
      'Do not revert the drift that drift detection reports.',
    reconciles: false,
  };
};

const planned = ({ kind, arn }: RouteName, name: string, value: string): Owner => {
  const [resource, attribute] =
    kind === 'rule' ? ['aws_lb_listener_rule', 'action'] : ['aws_lb_listener', 'default_action'];
  return {
    name: `its tag ${name}=${value} names Terraform`,
    does: "an apply writes the configuration's weights",
    fix:
      `Write into the ${resource} whose arn is ${arn}: lifecycle { ignore_changes = [${attribute}] }. ` +
      'A single weight cannot be ignored: groups are a set inside the action.',
    reconciles: false,
  };
};
