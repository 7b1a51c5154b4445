// A stand-in for the AWS CLI: answers read-only commands from a world's files, as the CLI would print them.
// STUB_WORLD: the world's directory; STUB_DENIED: operations that are refused; STUB_LOG: where each call is written.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { STUB_WORLD: world, STUB_DENIED: denied = '', STUB_LOG: log } = process.env;
const [service, operation, ...rest] = process.argv.slice(2);
appendFileSync(log, `${process.argv.slice(2).join('\u0001')}\n`);

const options = {};
let name = '';
for (const word of rest) {
  if (word.startsWith('--')) {
    name = word.slice(2);
    options[name] = [];
  } else options[name].push(word);
}

const fail = (message, code) => {
  process.stderr.write(`\naws: [ERROR]: ${message}\n`);
  process.exit(code);
};
if (denied.split(',').includes(operation)) {
  fail(`An error occurred (AccessDenied) when calling the ${operation} operation: not authorized`, 254);
}

const files = readdirSync(world).filter(
  (file) => file === `${operation}.json` || file.startsWith(`${operation}.`),
);
const read = (file) => JSON.parse(readFileSync(join(world, file), 'utf8'));
const all = (member) => files.flatMap((file) => read(file)[member]);
const one = (given) => (given ?? [])[0];
const last = (arn) => arn.split('/').at(-1);

const answers = {
  'ecs describe-services': () => ({
    services: all('services').filter(({ serviceName }) => serviceName === last(one(options.services))),
    failures: [],
  }),
  'ecs describe-task-definition': () => ({
    taskDefinition: all('taskDefinition').find(
      ({ taskDefinitionArn }) => last(taskDefinitionArn) === last(one(options['task-definition'])),
    ),
    tags: [],
  }),
  'elbv2 describe-load-balancers': () => ({
    LoadBalancers: all('LoadBalancers').filter(({ LoadBalancerArn }) =>
      options['load-balancer-arns'].includes(LoadBalancerArn),
    ),
  }),
  'elbv2 describe-target-groups': () => ({
    TargetGroups: all('TargetGroups').filter(
      ({ TargetGroupArn, LoadBalancerArns }) =>
        options['target-group-arns']?.includes(TargetGroupArn) ??
        LoadBalancerArns.includes(one(options['load-balancer-arn'])),
    ),
  }),
  'elbv2 describe-target-group-attributes': () =>
    read(`${operation}.${one(options['target-group-arn']).split('/')[1]}.json`),
  'elbv2 describe-listeners': () => ({
    Listeners: all('Listeners').filter(
      ({ LoadBalancerArn }) => LoadBalancerArn === one(options['load-balancer-arn']),
    ),
  }),
  'elbv2 describe-rules': () => ({
    Rules: all('Rules').filter(({ RuleArn }) =>
      RuleArn.includes(one(options['listener-arn']).split(':listener/')[1]),
    ),
  }),
  'cloudwatch describe-alarms': () => read('describe-alarms.json'),
  'ec2 describe-subnets': () => ({
    Subnets: all('Subnets').filter(({ SubnetId }) => options['subnet-ids'].includes(SubnetId)),
  }),
  'ec2 describe-security-groups': () => ({
    SecurityGroups: all('SecurityGroups').filter(({ GroupId }) => options['group-ids'].includes(GroupId)),
  }),
  'ecr describe-images': () => ({
    imageDetails: all('imageDetails').filter(
      ({ registryId, repositoryName }) =>
        registryId === one(options['registry-id']) && repositoryName === one(options['repository-name']),
    ),
  }),
  'application-autoscaling describe-scalable-targets': () => ({
    ScalableTargets: all('ScalableTargets').filter(({ ResourceId }) =>
      options['resource-ids'].includes(ResourceId),
    ),
  }),
};

/** The queries of the script; JMESPath itself is not played. */
const flat = (path) => (answer) =>
  path.reduce((values, key) => values.flatMap((value) => value?.[key] ?? []), [answer]);
const queries = Object.fromEntries(
  [
    'services[].taskSets[].taskDefinition',
    'services[].taskSets[].loadBalancers[].targetGroupArn',
    'services[].taskSets[].networkConfiguration.awsvpcConfiguration.subnets[]',
    'services[].taskSets[].networkConfiguration.awsvpcConfiguration.securityGroups[]',
    'TargetGroups[].LoadBalancerArns[]',
    'TargetGroups[].TargetGroupArn',
    'Listeners[].ListenerArn',
    'LoadBalancers[].SecurityGroups[]',
    'taskDefinition.containerDefinitions[].image',
  ].map((query) => [query, flat(query.replaceAll('[]', '').split('.'))]),
);

const answer = answers[`${service} ${operation}`]?.();
if (answer === undefined) fail(`the stub does not know ${service} ${operation}`, 252);
if (options.query === undefined) process.stdout.write(`${JSON.stringify(answer, null, 4)}\n`);
else {
  const query = queries[one(options.query)];
  if (query === undefined) fail(`the stub does not know the query ${one(options.query)}`, 252);
  const found = query(answer);
  process.stdout.write(found.length === 0 ? 'None\n' : `${found.join('\t')}\n`);
}
