import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { matches, type Pattern } from '../../sim/eventbridge/event-pattern.ts';
import { run } from '../rehearsal/a-rehearsal.ts';
import type { Envelope } from './event-schemas.ts';

type Template = {
  Resources: {
    Rule: {
      Properties: {
        EventPattern: Pattern;
        Targets: { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string } }[];
      };
    };
  };
};

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** CloudFormation's short forms read as the text behind them: what they refer to is not read here. */
const template = (name: string): Template =>
  parse(read(`examples/notifications/${name}.yaml`), {
    customTags: ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (text: string) => text })),
  });

const ruleOf = (name: string) => template(name).Resources.Rule.Properties;

const patterns = [...read('docs/events/README.md').matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text = '']): Pattern => JSON.parse(text),
);

let published: (Envelope & { detail: Record<string, unknown> })[] = [];

beforeAll(async () => {
  const rehearsals = [
    await run({ inject: ['pause@+2m', 'abort@+20m'] }),
    await run(),
    await run({ request: { alarms: ['no-such-alarm'] } }),
  ];
  published = rehearsals.flatMap(({ world }) =>
    world.eventBridge.published().map(({ source, detailType, detail }) => ({
      source,
      'detail-type': detailType,
      detail: detail as Record<string, unknown>,
    })),
  );
}, 60_000);

const chosen = (pattern: Pattern): string[] =>
  published
    .filter((event) => matches(pattern, event))
    .map(({ 'detail-type': type, detail }) =>
      [type.replace('Cutover ', ''), detail.outcome ?? detail.waitingFor]
        .filter((part) => part !== undefined)
        .join(' '),
    );

describe('examples/notifications', () => {
  test('the mail is about what needs a person or did not succeed, and nothing else', () => {
    expect(chosen(ruleOf('mail').EventPattern)).toEqual([
      'Deployment Waiting operator',
      'Deployment Finished rolledBack',
      'Deployment Finished refused',
    ]);
  });

  test('Slack gets everything but the observations that change nothing', () => {
    const all = published.length;
    const holds = published.filter(
      ({ detail }) => (detail.decision as { kind?: string } | undefined)?.kind === 'hold',
    );

    const to = chosen(ruleOf('slack').EventPattern);
    expect(holds.length).toBeGreaterThan(10);
    expect(to).toHaveLength(all - holds.length);
    expect(to).toContain('Deployment Started');
    expect(to).toContain('Traffic Shifted');
  });

  test.each(['mail', 'slack'])('every value that the %s template takes is in every event it gets', (name) => {
    const { EventPattern, Targets } = ruleOf(name);
    const [{ InputTransformer } = { InputTransformer: { InputPathsMap: {}, InputTemplate: '' } }] = Targets;
    const { InputPathsMap: paths, InputTemplate: text } = InputTransformer;

    const used = [...text.matchAll(/<(\w+)>/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(paths)));
    for (const event of published.filter((one) => matches(EventPattern, one))) {
      const of: Record<string, unknown> = { ...event.detail, 'detail-type': event['detail-type'] };
      for (const path of Object.values(paths))
        expect(of).toHaveProperty([path.replace(/^\$\.(detail\.)?/, '')]);
    }
  });

  test('the Slack message is the JSON that its reader wants', () => {
    const [{ InputTransformer } = { InputTransformer: { InputTemplate: '' } }] = ruleOf('slack').Targets;
    const filled = InputTransformer.InputTemplate.replace(/: <reason>/, ': "why"').replace(/<\w+>/g, 'x');

    expect(JSON.parse(filled)).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { description: 'why' },
    });
  });
});

describe('docs/events/README.md', () => {
  test('has the rules of the examples', () => {
    const [person, service] = patterns;

    expect(person).toEqual(ruleOf('mail').EventPattern);
    expect(chosen(service ?? {})).toEqual(chosen(ruleOf('slack').EventPattern));
  });
});
