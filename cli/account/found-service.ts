import type { ObservedService } from '../../core/observed.types.ts';

/** What `cutover init` found out about one service. */
export type FoundService = {
  cluster: string;
  service: string;
  region: string;
  controller: ObservedService['controller'];
  /** Family of the running task definition; null before the first deployment. */
  family: string | null;
  alarms: string[];
};

/** Text that YAML might take for something else than text goes into quotes. */
const scalar = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);

const environment = ({ cluster, region, alarms }: FoundService): string[] => [
  `      ${scalar(cluster)}:`,
  `        cluster: ${scalar(cluster)}`,
  `        region: ${scalar(region)}`,
  ...(alarms.length === 0
    ? [
        '        # No alarm on its target groups was found: without one nothing rolls back by itself.',
        '        alarms: []',
      ]
    : ['        alarms:', ...alarms.map((name) => `          - ${scalar(name)}`)]),
];

/** cutover.yaml for these services: an entry for each, with the clusters it is in as environments. */
export const configText = (found: readonly FoundService[]): string => {
  const byService = Map.groupBy(found, ({ service }) => service);
  const entries = [...byService].flatMap(([service, places]) => [
    `  ${scalar(service)}:`,
    '    # Every field of docs/request.md may stand here, for all environments, or below, for one.',
    '    # strategy: Canary10Percent15Minutes',
    '    environments:',
    ...places.flatMap(environment),
  ]);
  return ['# Read by cutover; docs/cli.md describes it.', 'services:', ...entries, ''].join('\n');
};
