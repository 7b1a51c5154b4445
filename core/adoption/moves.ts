import type { Input, Move } from './adoption.types.ts';

export const call = (
  api: 'ecs' | 'elbv2' | 'scaling' | 'alarms',
  operation: string,
  input: Input,
  what: string,
): Move => ({ kind: 'call', call: { api, operation, input }, what });

export const wait = (reason: string): Move => ({ kind: 'wait', reason });

export const stop = (reason: string, fix: string): Move => ({ kind: 'stop', reason, fix });
