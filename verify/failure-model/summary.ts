import { modelFaults } from './faults.ts';
import type { Row, Seen } from './seen.types.ts';
import { duration, endInWords, table } from './words.ts';

/** The deployment's life in parts that an on-call engineer knows, each with its places. */
export const phases: readonly { title: string; deployments: readonly string[]; places: readonly string[] }[] =
  [
    {
      title: 'before anything is written',
      deployments: ['forward', 'in line'],
      places: ['Begin', 'AcquireLease', 'HasLease?', 'WaitForLease', 'PlanDeployment'],
    },
    {
      title: 'green is prepared',
      deployments: ['forward'],
      places: ['AttachGreen', 'LaunchGreen', 'CheckGreen', 'GreenReady?', 'WaitForGreen'],
    },
    {
      title: 'traffic moves',
      deployments: ['forward'],
      places: ['ShiftTraffic', 'JudgeHealth', 'WhatNext?', 'Bake'],
    },
    {
      title: 'blue goes',
      deployments: ['forward', 'sticky', 'onward'],
      places: [
        'PromoteGreen',
        'RetireBlue',
        'BlueRetired?',
        'WaitForRetirement',
        'CheckRetired',
        'WaitToFinish',
      ],
    },
    {
      title: 'rolling back',
      deployments: ['alarm', 'held'],
      places: [
        'OnAlarm',
        'RollBack',
        'BlueServes?',
        'WaitForBlue',
        'LetTrafficLeave',
        'RemoveGreen',
        'GreenRemoved?',
        'WaitForRemoval',
        'CheckRemoved',
      ],
    },
    {
      title: 'recovering',
      deployments: ['recovery'],
      places: ['Sweep', 'AcquireLease', 'HasLease?', 'WaitOutLastStep', 'RecallPlan', 'RollBack'],
    },
    {
      title: 'recording the end',
      deployments: ['forward', 'alarm'],
      places: ['RecordOutcome', 'HowDidItEnd?', 'Succeeded', 'RolledBack'],
    },
  ];

const cell = (rows: readonly Row[]): string => {
  if (rows.length === 0) return '-';
  const counts = new Map<string, number>();
  for (const { ends } of rows) {
    for (const [end, count] of Object.entries(ends)) counts.set(end, (counts.get(end) ?? 0) + count);
  }
  const ends = [...counts].sort(([, a], [, b]) => b - a);
  const told = ends.map(([end, count]) =>
    ends.length === 1 ? endInWords(end) : `${endInWords(end)} (${count})`,
  );
  const back = rows.flatMap(({ backSeconds }) => (backSeconds === null ? [] : [backSeconds[1]]));
  return [...told, ...(back.length === 0 ? [] : [`*back within ${duration(Math.max(...back))}*`])].join(
    '<br>',
  );
};

/** Failure x where it ends. */
export const summaryTable = ({ rows }: Seen): string =>
  table(
    ['failure', ...phases.map(({ title }) => title)],
    modelFaults.map(({ name }) => [
      `**${name}**`,
      ...phases.map(({ deployments, places }) =>
        cell(
          rows.filter(
            (row) => row.fault === name && deployments.includes(row.deployment) && places.includes(row.place),
          ),
        ),
      ),
    ]),
  );

export const faultList = (): string =>
  table(
    ['failure', 'what happens'],
    modelFaults.map(({ name, says }) => [`**${name}**`, says]),
  );
