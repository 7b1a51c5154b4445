import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../cli/account/config-file.ts';
import { readImages, readWanted } from '../../cli/account/revision.ts';
import { withImages } from '../../core/plan/task-definition-document.ts';
import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import { pick } from '../../sim/kernel/random.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { makeWorld } from '../../sim/world.ts';
import { requests, taskDefinitions, worlds } from './examples.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateText } from './mutate-text.ts';
import type { Target } from './target.types.ts';

const configYaml = `# of two environments
defaults: &base
  strategy: Canary10Percent5Minutes
  keepBlue: 10m
services:
  shop:
    alarms: [shop-5xx]
    healthyFor: 60s
    environments:
      staging: { cluster: staging, region: eu-west-1 }
      production:
        <<: *base
        cluster: main
        installation: prod
        shifts: [{ greenPct: 5, bake: 10m }, { greenPct: 100 }]
`;

/** What YAML has beside JSON: anchors and their aliases, tags, merges, several documents. */
const yamlPieces = [
  '*none',
  '&a [*a]',
  '<<: *base',
  '<<: 5',
  '!!binary x',
  '!!set {a}',
  '!<!x> y',
  '---',
  '...',
  '? [a]: b',
  '%YAML 9.9',
  '&a a: *a',
  '\t',
  '!!timestamp 2001-01-01',
  '!!js/function x',
  `a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]
`,
];

const yamlText = (text: string, piece: string, at: number): string =>
  text.slice(0, at) + piece + text.slice(at);

const configs = requests.map((fields) => ({
  services: { shop: { ...(fields as object), environments: { production: { region: 'eu-west-1' } } } },
}));

/** Those that are read from files. `folder` is theirs alone. */
export const fileTargets = (folder: string): readonly Target[] => {
  const written = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return [
    {
      name: 'cutover.yaml',
      cases: 1_500,
      draw: (random) => {
        switch (random.between(0, 2)) {
          case 0:
            return mutateJson(random, pick(random, configs));
          case 1:
            return mutateText(random, configYaml);
          default:
            return yamlText(configYaml, pick(random, yamlPieces), random.between(0, configYaml.length));
        }
      },
      feed: (input) => readConfigFile(written('cutover.yaml', input)),
    },
    {
      name: 'task definition',
      cases: 1_500,
      draw: (random) => mutateJson(random, pick(random, taskDefinitions)),
      feed: (input) => {
        const path = written('task-definition.json', input);
        const { asked, images } = readWanted(path, readImages(['web=shop:2', 'shop:3']), 'taskDefinition');
        if (asked !== null) withImages(asked, images);
      },
    },
    {
      name: 'world',
      cases: 1_000,
      draw: (random) => mutateJson(random, pick(random, worlds)),
      feed: (input) => {
        const loaded = loadWorld(written('world.json', input));
        if (loaded.ok) makeWorld(loaded.seed, 1, () => healthy);
      },
    },
  ];
};
