/**
 * One line of the structured log under the names that Powertools for AWS Lambda gives them, so that queries written for
 * other services find these too. What Powertools does not have keeps a name in its style.
 */
const NAMES: Readonly<Record<string, string>> = {
  requestId: 'function_request_id',
  traceId: 'xray_trace_id',
  deployment: 'deployment_id',
  ecsService: 'ecs_service',
  durationMs: 'duration_ms',
};

type Level = 'INFO' | 'WARN' | 'ERROR';

export const logLine = (level: Level, entry: Record<string, unknown>, nowMs: number): string =>
  JSON.stringify({
    level,
    timestamp: new Date(nowMs).toISOString(),
    service: 'cutover',
    ...Object.fromEntries(Object.entries(entry).map(([name, value]) => [NAMES[name] ?? name, value])),
  });
