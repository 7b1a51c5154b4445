import { makeCall } from '../aws/call.ts';
import { observeForPlan } from '../aws/plan-observation.ts';
import { SECOND_MS } from '../core/clock.ts';
import { describeProblems } from '../core/request/problem.ts';
import { parseRequest } from '../core/request/request.ts';
import { alarms, ecsServices, listener, targets, taskDefinitions } from '../functions/deps.ts';
import { lambdaHost } from '../functions/lambda-host.ts';
import { printStatus, serviceStatus } from '../infra/sample-service/status.ts';
import { parseJson } from '../sim/world-files/read-members.ts';

/** Reading a service takes a dozen calls. */
const PATIENCE_MS = 30 * SECOND_MS;

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: npm run service-status -- REQUEST.json    the request you deploy the service with');
  process.exit(1);
}

const json = parseJson(file);
if (!json.ok) {
  console.error(json.problem);
  process.exit(1);
}
const parsed = parseRequest(json.value);
if (!parsed.ok) {
  console.error(describeProblems(parsed.problems));
  process.exit(1);
}

const { clock, random } = lambdaHost;
const deadlineMs = clock.nowMs() + PATIENCE_MS;
const call = makeCall({ clock, random, deadlineMs, signal: AbortSignal.timeout(PATIENCE_MS), log: () => {} });
const verbs = {
  ecsServices: ecsServices(call),
  taskDefinitions: taskDefinitions(call),
  listener: listener(call),
  targets: targets(call),
  alarms: alarms(call),
};
try {
  console.log(printStatus(serviceStatus(await observeForPlan(verbs, parsed.request, []))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
