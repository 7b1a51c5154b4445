import type { HeldLease } from '../../aws/store-verbs.ts';
import { proofHolds } from '../../core/ending/recovery.ts';
import { DeploymentError } from '../../core/errors.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { startExecution, wakeExecution } from './executions.ts';
import type { ModelLease, ModelRecord, ModelState } from './model.types.ts';
import { plain } from './plain.ts';
import type { Session } from './session.ts';
import { DEPLOYMENT, executionArnOf, SERVICE_KEY } from './the-service.ts';

/** The words in the lease differ by nothing but their number here. */
const wordOf = ({ proof }: ModelLease): string | null => (proof === undefined ? null : `word-${proof.tries}`);

/**
 * DynamoDB, Step Functions and EventBridge as the steps use them: aws/lease.ts, aws/record.ts, aws/executions.ts by
 * their conditions.
 */
export const storeVerbs = (
  session: Session,
): Pick<Deps, 'leases' | 'record' | 'ends' | 'executions' | 'events'> => {
  const { state, call } = session;
  /** The record of the deployment under test while it is open, or undefined. */
  const open = (id: string): ModelRecord | undefined =>
    id === DEPLOYMENT && state.record !== null && state.record.outcome === null ? state.record : undefined;

  return {
    leases: {
      read: () =>
        call('leases.read', 'read', () => ({ ...state.lease, lastGroups: [...state.lease.lastGroups] })),
      take: ({ deploymentId, executionArn }, alarms) =>
        call('leases.take', 'write', () => {
          const { holder, acquiredAtMs, waiter: _w, waiterSeenMs: _s, ...rest } = state.lease;
          const mine = holder === deploymentId && state.lease.executionArn === executionArn;
          if (holder !== undefined && !mine) return false;
          state.lease = {
            ...rest,
            holder: deploymentId,
            executionArn,
            acquiredAtMs: acquiredAtMs ?? state.nowMs,
            alarms: [...alarms],
          };
          return true;
        }),
      wait: ({ deploymentId }, first) =>
        call('leases.wait', 'write', () => {
          const { holder, waiter } = state.lease;
          if (first ? holder === deploymentId : waiter !== deploymentId) return false;
          Object.assign(state.lease, { waiter: deploymentId, waiterSeenMs: state.nowMs });
          return true;
        }),
      prove: ({ deploymentId, executionArn }, signalAtMs) =>
        call('leases.prove', 'write', () => {
          const { lease, nowMs } = state;
          if (lease.proof !== undefined && proofHolds(lease.proof, signalAtMs, nowMs)) return wordOf(lease);
          if (lease.holder !== deploymentId || lease.executionArn !== executionArn) return null;
          lease.proof = { madeAtMs: nowMs, tries: (lease.proof?.tries ?? 0) + 1 };
          return wordOf(lease);
        }),
      takeOver: ({ deploymentId, executionArn }, { endedExecutionArn: ended, proof }, recoveries) =>
        call('leases.takeOver', 'write', () => {
          const { lease } = state;
          const recovers = lease.executionArn === ended && proof === wordOf(lease);
          if (lease.holder !== deploymentId || (!recovers && lease.executionArn !== executionArn))
            return false;
          const { proof: _used, ...rest } = lease;
          state.lease = { ...rest, executionArn, recoveries, recoveredAtMs: state.nowMs };
          return true;
        }),
      assertHolds: ({ deploymentId, executionArn }) =>
        call('leases.assertHolds', 'read', () => {
          if (state.lease.holder === deploymentId && state.lease.executionArn === executionArn) return;
          throw new DeploymentError(
            'LeaseLost',
            `expected ${executionArn} to hold the lease, found ${state.lease.executionArn ?? 'nobody'}`,
          );
        }),
      release: ({ deploymentId, executionArn }, lastGroups) =>
        call('leases.release', 'write', () => {
          const { lease } = state;
          if (lease.holder !== deploymentId || lease.executionArn !== executionArn) return;
          state.lease = freed(lease, lastGroups);
        }),
      leaveLine: ({ deploymentId }) =>
        call('leases.leaveLine', 'write', () => {
          const { waiter, waiterSeenMs: _seen, ...rest } = state.lease;
          if (waiter === deploymentId) state.lease = rest;
        }),
      held: () => call('leases.held', 'read', () => heldIn(state)),
    },

    record: {
      open: ({ deploymentId, serviceKey }, request) =>
        call('record.open', 'write', () => {
          if (deploymentId !== DEPLOYMENT) return;
          state.record ??= {
            serviceKey,
            request,
            plan: null,
            outcome: null,
            taskToken: null,
            lastSignal: null,
            lastAlarm: null,
            lastCommandId: null,
            placement: null,
            commitment: null,
            stuck: null,
            commands: [],
            decided: null,
          };
        }),
      // The lease alone says here who writes: a record has no execution of its own in the model.
      takeOver: () => call('record.takeOver', 'write', () => {}),
      standing: (id) =>
        call('record.standing', 'read', () => {
          if (id !== DEPLOYMENT || state.record === null) return null;
          return state.record.outcome === null ? 'open' : 'closed';
        }),
      read: (id) =>
        call('record.read', 'read', () =>
          id === DEPLOYMENT && state.record !== null ? { ...state.record } : null,
        ),
      savePlan: ({ deploymentId: id }, plan) =>
        call('record.savePlan', 'write', () => {
          if (id === DEPLOYMENT && state.record !== null) state.record.plan = plain(plan);
        }),
      appendDecision: (id, decision) =>
        call('record.appendDecision', 'write', () => {
          if (id === DEPLOYMENT && state.record !== null) state.record.decided = plain(decision);
        }),
      savePlacement: ({ deploymentId: id }, memory) =>
        call('record.savePlacement', 'write', () => {
          const record = id === DEPLOYMENT ? open(id) : undefined;
          if (record !== undefined) record.placement = plain(memory);
          return record !== undefined;
        }),
      noteStuck: ({ deploymentId: id }, stuck) =>
        call('record.noteStuck', 'write', () => {
          const record = id === DEPLOYMENT ? open(id) : undefined;
          if (record !== undefined) record.stuck = plain(stuck);
          return record !== undefined;
        }),
      // Steps ask for the last alone.
      readDecisions: () => Promise.resolve([]),
      readLastDecision: (id) =>
        call('record.readLastDecision', 'read', () =>
          id === DEPLOYMENT ? (state.record?.decided ?? null) : null,
        ),
      storeTaskToken: ({ deploymentId: id }, taskToken) =>
        call('record.storeTaskToken', 'write', () => {
          if (id !== DEPLOYMENT || state.record === null) return null;
          state.record.taskToken = taskToken;
          return { ...state.record };
        }),
      noteAlarm: (id, name) =>
        call('record.noteAlarm', 'write', () => {
          const record = open(id);
          if (record === undefined) return false;
          record.lastSignal = { atMs: state.nowMs, by: `alarm ${name}` };
          record.lastAlarm = { atMs: state.nowMs, name };
          return true;
        }),
      noteSignal: (id, by) =>
        call('record.noteSignal', 'write', () => {
          const record = open(id);
          if (record !== undefined) record.lastSignal = { atMs: state.nowMs, by };
          return record !== undefined;
        }),
      addCommand: (id, command) =>
        call('record.addCommand', 'write', () => {
          if (id !== DEPLOYMENT) {
            if (state.rival !== null) state.rival = 'asked';
            return state.rival !== null;
          }
          const record = open(id);
          if (record === undefined || record.commitment !== null) return false;
          if (record.commands.some(({ id }) => id === command.id)) return true;
          record.lastCommandId = command.id;
          record.commands = [...record.commands, plain(command)];
          record.lastSignal = { atMs: state.nowMs, by: `${command.kind} by ${command.by}` };
          return true;
        }),
      commit: ({ deploymentId: id }, commitment, seen) =>
        call('record.commit', 'write', () => {
          const record = open(id);
          if (record === undefined) return false;
          if (seen !== undefined && seen.lastCommandId !== record.lastCommandId) return false;
          record.commitment = commitment;
          return true;
        }),
      close: ({ deploymentId: id }, outcome) =>
        call('record.close', 'write', () => {
          if (id !== DEPLOYMENT || state.record === null) return outcome;
          state.record.outcome ??= plain(outcome);
          state.record.taskToken = null;
          return state.record.outcome;
        }),
    },

    // Once for each deployment, however often it is asked for: aws/ends.ts is held to that by test/store.
    ends: {
      append: () =>
        call('ends.append', 'write', () => ({ head: { number: 1, digest: 'digest' }, first: true })),
    },

    executions: {
      wake: (taskToken, by) => call('executions.wake', 'write', () => wakeExecution(state, taskToken, by)),
      status: (arn) =>
        call('executions.status', 'read', () => {
          const execution = state.executions.find((one) => one.arn === arn);
          const running = execution === undefined ? state.rival !== null : execution.status === 'RUNNING';
          return { running, reason: running ? 'RUNNING' : `ended in ${execution?.end ?? 'nothing known'}` };
        }),
      start: (_machine, name, input) =>
        call('executions.start', 'write', () => startExecution(state, executionArnOf(name), name, input)),
    },

    events: { emit: () => call('events.emit', 'write', () => {}) },
  };
};

/** What is left of a lease after its holder let go. */
export const freed = (lease: ModelLease, lastGroups: readonly string[]): ModelLease => ({
  lastGroups: lastGroups.length === 0 ? lease.lastGroups : [...lastGroups],
  recoveries: 0,
  alarms: [],
  ...(lease.waiter === undefined ? {} : { waiter: lease.waiter }),
  ...(lease.waiterSeenMs === undefined ? {} : { waiterSeenMs: lease.waiterSeenMs }),
});

const heldIn = ({ lease }: ModelState): HeldLease[] =>
  lease.holder === undefined || lease.executionArn === undefined
    ? []
    : [
        {
          serviceKey: SERVICE_KEY,
          deploymentId: lease.holder,
          executionArn: lease.executionArn,
          alarms: lease.alarms,
          recoveries: lease.recoveries,
          recoveredAtMs: lease.recoveredAtMs ?? 0,
        },
      ];
