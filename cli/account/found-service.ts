import type { ListedAlarm } from '../../aws/service-list.ts';
import { groupBy } from '../../core/group-by.ts';
import type { ObservedService } from '../../core/vocabulary/observed.types.ts';

/** What `cutover init` found out about one service. */
export type FoundService = {
  cluster: string;
  service: string;
  region: string;
  controller: ObservedService['controller'];
  alarms: string[];
};

/**
 * The alarms to watch: those on one of the service's groups, and in their place a composite that combines them, which
 * is there because somebody thought about what should count.
 */
export const alarmsFor = (groups: readonly string[], listed: readonly ListedAlarm[]): string[] => {
  const about = listed.filter(
    ({ kind, about }) => kind === 'metric' && groups.some((group) => about.includes(group)),
  );
  const names = ({ about: rule }: ListedAlarm): string[] =>
    about.map(({ name }) => name).filter((name) => new RegExp(`[("':]${escaped(name)}[)"']`).test(rule));
  const composites = listed.filter((alarm) => alarm.kind === 'composite' && names(alarm).length > 0);
  const covered = new Set(composites.flatMap(names));
  const alone = about.filter(({ name }) => !covered.has(name));
  return [...composites, ...alone].map(({ name }) => name).sort();
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

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

/** Read by the YAML language server of most editors; `cutover schema config` prints the file that it names. */
const EDITOR_LINE = '# yaml-language-server: $schema=cutover.schema.json';

/** cutover.yaml for these services: an entry for each, with the clusters it is in as environments. */
export const configText = (found: readonly FoundService[]): string => {
  const byService = groupBy(found, ({ service }) => service);
  const entries = [...byService].flatMap(([service, places]) => [
    `  ${scalar(service)}:`,
    '    # Every field of docs/request.md may stand here, for all environments, or below, for one.',
    '    # strategy: Canary10Percent15Minutes',
    '    environments:',
    ...places.flatMap(environment),
  ]);
  return [EDITOR_LINE, '# Read by cutover; docs/cli.md describes it.', 'services:', ...entries, ''].join(
    '\n',
  );
};
