import type {
  ObservedLoadBalancer,
  ObservedRule,
  ObservedTarget,
  ObservedTargetGroup,
} from '../core/vocabulary/observed.types.ts';
import type { Route, RouteForward, WeightedGroup } from '../core/vocabulary/plan.types.ts';

/** A route as it is now: what it forwards to, and the actions as AWS returned them, which only listener.ts reads. */
export type LiveRoute = { route: Route; forward: RouteForward; actions: unknown };

/** aws/listener.ts */
export type Listener = {
  /**
   * Every listener default action and rule, on the given load balancers, whose forward action names any of the groups;
   * without groups, every one that forwards. Routes that name several groups come once.
   */
  findRoutes(loadBalancerArns: string[], targetGroupArns?: string[]): Promise<Route[]>;
  /**
   * DescribeRules: every rule of the listener that this ARN, its own or a rule's, belongs to. Empty where the
   * listener can have none.
   */
  readRules(routeArn: string): Promise<ObservedRule[]>;
  /** DescribeRules or DescribeListeners. NotFound when the rule is gone or no longer forwards. */
  read(route: Route): Promise<LiveRoute>;
  /**
   * ModifyRule or ModifyListener: the live actions with the forward action's group list replaced, everything else as
   * read: authenticate actions before it, their order, stickiness [fact 74, 77, 79]. Absolute, so repeatable.
   */
  write(live: LiveRoute, groups: WeightedGroup[]): Promise<void>;
  readLoadBalancers(arns: string[]): Promise<ObservedLoadBalancer[]>;
};

/** aws/targets.ts */
export type Targets = {
  /** DescribeTargetHealth. */
  read(targetGroupArn: string): Promise<ObservedTarget[]>;
  /**
   * DescribeTargetGroups and DescribeTargetGroupAttributes, in the order asked for. NotFound names the missing ARNs.
   */
  readGroups(arns: string[]): Promise<ObservedTargetGroup[]>;
};
