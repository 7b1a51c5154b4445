import type { Mutant } from './mutant.types.ts';

/** Who may change a service, and who finishes what an execution left. */
export const ofLease: readonly Mutant[] = [
  {
    name: 'lease-not-checked',
    description: 'a step writes without reading whether its execution still holds the lease',
    patches: [
      {
        file: 'aws/lease.ts',
        find: 'if (!holds) throw lost(holding, lease);',
        replace: 'if (!holds && lease === null) throw lost(holding, lease);',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'comes-again', at: 'LaunchGreen' }],
  },
  {
    name: 'lease-taken-from-another',
    description: 'a deployment takes the lease although another holds it',
    patches: [
      {
        file: 'core/deployment/lease.ts',
        find: 'if (lease.holder === undefined && !anotherWaits)',
        replace: 'if (lease.holder !== me || !anotherWaits)',
      },
      {
        file: 'aws/lease.ts',
        find: "'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)'",
        replace: "'attribute_not_exists(holder) OR holder <> :me OR executionArn = :execution'",
      },
    ],
    hunts: [{ seeds: { from: 5, count: 1 } }],
  },
  {
    name: 'lease-freed-by-another',
    description: 'a deployment that was refused frees the lease of the one that runs',
    patches: [
      {
        file: 'aws/lease.ts',
        find: "condition: 'holder = :me AND executionArn = :execution',\n",
        replace: "condition: 'holder = :me OR holder <> :execution',\n",
      },
    ],
    hunts: [{ seeds: { from: 5, count: 1 } }],
  },
  {
    name: 'own-lease-not-known',
    description: 'a retry of AcquireLease after a lost answer takes its own lease for somebody else’s',
    patches: [
      {
        file: 'aws/lease.ts',
        find: "'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)'",
        replace: "'attribute_not_exists(holder) AND :me <> :execution'",
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'dies-after', at: 'UpdateItem by AcquireLease' }],
  },
  {
    name: 'lease-freed-when-stuck',
    description:
      'a deployment that could not finish closes its record and frees the lease, so nobody finishes it',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: "const ended = outcome.kind !== 'stuck';",
        replace: 'const ended = true;',
      },
    ],
    hunts: [{ base: 'rollback-sick', fault: 'throttled', at: 'entering RemoveGreen' }],
  },
  {
    name: 'record-not-closed',
    description: 'the record is never closed',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: 'const closed = opened && ended ?',
        replace: 'const closed = opened && ended && holding === null ?',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'nobody-recovers',
    description: 'the end of an execution starts no recovery',
    patches: [
      {
        file: 'functions/sweep.ts',
        find: "if (running) return 'running';",
        replace: "return 'running';",
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'stopped', at: 'entering CheckGreen' }],
  },
  {
    name: 'sweep-trusts-the-event',
    description:
      'the sweep takes every lease it finds for one whose execution has ended, and so does its recovery',
    patches: [
      {
        file: 'functions/acquire-lease.ts',
        find: 'if (ended.running) {',
        replace: "if (ended.running && endedExecutionArn === '') {",
      },
      {
        file: 'functions/sweep.ts',
        find: "if (running) return 'running';",
        replace: '',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'false-events', at: 'CheckGreen' }],
  },
  {
    name: 'recovery-unproven',
    description:
      'a caller who may start executions may start a recovery: its proof is not compared with the lease',
    patches: [
      {
        file: 'aws/lease.ts',
        find: 'recoveryProof = :proof) OR',
        replace:
          'recoveryProof <> :proof) OR (executionArn = :ended AND attribute_not_exists(recoveryProof)) OR',
      },
    ],
    hunts: [{ base: 'canary', fault: 'forged-recovery', at: 'CheckGreen' }],
  },
  {
    name: 'recovery-does-not-wait',
    description: 'a recovery does not wait out the Lambda that may still be running',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"Seconds": 75,',
        replace: '"Seconds": 0,',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'stopped-and-slow', at: 'CreateTaskSet' }],
  },
];
