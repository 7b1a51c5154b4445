import { readFileSync } from 'node:fs';
import type { RehearsalReport } from '../rehearsal/rehearsal.types.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { loadWorld } from '../sim/load-world.ts';
import type { WorldSeed } from '../sim/parts.types.ts';

/**
 * `npm run bench:routes`: does an observation cost more load balancer reads when the service has more routes? The
 * account's API takes about ten a second [fact 92], which is what bounds many deployments.
 */
const ROUTES = [1, 2, 10, 50] as const;

const loaded = loadWorld('examples/shop/world');
if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
const { seed: shop } = loaded;
const request = JSON.parse(readFileSync('examples/shop/request.json', 'utf8'));
const path = shop.rules.find(({ Rule }) => Rule.IsDefault !== true);
if (path === undefined) throw new Error('expected a rule in examples/shop/world, found none');

/** The listener's default action, and rules beside it. */
const worldOf = (routes: number): WorldSeed => ({
  ...shop,
  rules: [
    ...shop.rules.filter((rule) => rule !== path),
    ...Array.from({ length: routes - 1 }, (_, index) => ({
      ...path,
      Rule: {
        ...path.Rule,
        RuleArn: `${path.Rule.RuleArn}${index}`,
        Priority: `${index + 1}`,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/api/${index}/*`] } }],
      },
    })),
  ],
});

const callsOf = (report: RehearsalReport, wanted: RegExp): number =>
  Object.entries(report.apiCalls.byOperation).reduce(
    (sum, [operation, calls]) => sum + (wanted.test(operation) ? calls : 0),
    0,
  );

const measured = [];
for (const routes of ROUTES) {
  const report = await rehearse({ request, world: worldOf(routes), version: 'healthy', inject: [], seed: 1 });
  if (report.outcome !== 'succeeded') throw new Error(`expected a success, found ${report.outcome}`);
  const observations = report.path.filter((state) => state === 'JudgeHealth').length;
  measured.push({
    routes: callsOf(report, /^elbv2:Describe(Rules|Listeners)$/),
    targets: callsOf(report, /^elbv2:DescribeTargetHealth$/),
    writes: callsOf(report, /^elbv2:Modify/),
    all: report.apiCalls.total,
    observations,
  });
}

const line = (cells: (string | number)[]): string =>
  cells
    .map((cell, index) => (index === 0 ? String(cell).padEnd(44) : String(cell).padStart(8)))
    .join('')
    .trimEnd();
console.log('examples/shop, five shifts, one deployment each: API calls by the number of routes');
console.log(line(['routes', ...ROUTES]));
console.log(line(['observations', ...measured.map(({ observations }) => observations)]));
console.log(line(['reads of routes', ...measured.map(({ routes }) => routes)]));
console.log(line(['reads of target health', ...measured.map(({ targets }) => targets)]));
console.log(line(['writes of routes', ...measured.map(({ writes }) => writes)]));
console.log(line(['API calls of all services', ...measured.map(({ all }) => all)]));
