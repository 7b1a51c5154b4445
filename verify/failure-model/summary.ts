import { statesIn } from '../../statemachine/states.ts';
import type { Place } from './deployments.ts';
import { modelFaults } from './faults.ts';
import type { Row, Seen } from './seen.types.ts';
import { duration, endInWords, table } from './words.ts';

/** The deployment's life in parts that an on-call engineer knows: which deployments show a part, and where. */
export const lifeParts: readonly {
  title: string;
  deployments: readonly string[];
  places: readonly Place[];
}[] = [
  {
    title: 'before anything is written',
    deployments: ['forward', 'in line'],
    places: statesIn('starting', 'queued', 'planning'),
  },
  {
    title: 'green is prepared',
    deployments: ['forward', 'frozen'],
    places: statesIn('launching', 'gettingHealthy'),
  },
  { title: 'traffic moves', deployments: ['forward', 'moved'], places: statesIn('shifting', 'baking') },
  {
    title: 'blue goes',
    deployments: ['forward', 'sticky', 'finishing'],
    places: [...statesIn('promoting', 'retiring'), 'WaitToFinish'],
  },
  {
    title: 'rolling back',
    deployments: ['alarm', 'held', 'without tokens'],
    places: ['OnAlarm', ...statesIn('rollingBack', 'removing')],
  },
  {
    title: 'hooks',
    deployments: ['hooked', 'hooked rollback'],
    places: statesIn('runningHooks', 'endingHooks'),
  },
  {
    title: 'recovering',
    deployments: ['recovery'],
    places: ['Sweep', ...statesIn('starting', 'recovering'), 'RollBack'],
  },
  {
    title: 'recording the end',
    deployments: ['forward', 'alarm'],
    places: statesIn('recording'),
  },
];

const cell = (rows: readonly Row[]): string => {
  if (rows.length === 0) return '-';
  const counts = new Map<string, number>();
  for (const { ends } of rows) {
    for (const [end, count] of Object.entries(ends)) counts.set(end, (counts.get(end) ?? 0) + count);
  }
  const ends = [...counts].sort(([, a], [, b]) => b - a);
  const counted = ends.map(([end, count]) =>
    ends.length === 1 ? endInWords(end) : `${endInWords(end)} (${count})`,
  );
  const back = rows.flatMap(({ backSeconds }) => (backSeconds === null ? [] : [backSeconds[1]]));
  return [...counted, ...(back.length === 0 ? [] : [`*back within ${duration(Math.max(...back))}*`])].join(
    '<br>',
  );
};

/** Failure x where it ends. */
export const summaryTable = ({ rows }: Seen): string =>
  table(
    ['failure', ...lifeParts.map(({ title }) => title)],
    modelFaults.map(({ name }) => [
      `**${name}**`,
      ...lifeParts.map(({ deployments, places }) =>
        cell(
          rows.filter(
            (row) =>
              row.fault === name &&
              deployments.includes(row.deployment) &&
              (places as readonly string[]).includes(row.place),
          ),
        ),
      ),
    ]),
  );

export const faultList = (): string =>
  table(
    ['failure', 'what it is'],
    modelFaults.map(({ name, description }) => [`**${name}**`, description]),
  );
