import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  type Listener,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { allPages } from './pages.ts';

/** A load balancer's listeners and their rules as the API has them, all pages. */

export const readListeners = (client: Sender, call: Call, loadBalancerArn: string): Promise<Listener[]> => {
  const what = `read the listeners of ${loadBalancerArn}`;
  return allPages(what, async (Marker) => {
    const command = new DescribeListenersCommand({
      LoadBalancerArn: loadBalancerArn,
      ...defined({ Marker }),
    });
    const answer = await call(client, command, { what });
    return { items: answer.Listeners, next: answer.NextMarker };
  });
};

/** `arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2` */
const isApplication = (listenerArn: string): boolean => listenerArn.includes(':listener/app/');

/** The listener's rules, its default one among them. */
export const readRules = async (client: Sender, call: Call, listener: Listener): Promise<Rule[]> => {
  const listenerArn = required(listener.ListenerArn, 'the ARN of a listener', 'read listeners');
  const what = `read the rules of listener ${listenerArn}`;
  try {
    return await allPages(what, async (Marker) => {
      const command = new DescribeRulesCommand({ ListenerArn: listenerArn, ...defined({ Marker }) });
      const answer = await call(client, command, { what });
      return { items: answer.Rules, next: answer.NextMarker };
    });
  } catch (error) {
    // Only some network load balancers have rules [fact 84]; the others, and gateway ones, refuse the question in one
    // of these ways. An application load balancer always has them, so there the refusal is a failure.
    const hasNone = [
      'UnsupportedProtocolException',
      'ListenerNotFoundException',
      'OperationNotPermittedException',
    ];
    if (!isApplication(listenerArn) && hasNone.some((name) => causedBy(error, name))) return [];
    throw error;
  }
};
