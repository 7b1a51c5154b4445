import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatDuration } from '../../core/duration.ts';
import { renderPage } from '../../report/page.ts';
import { type MarkKind, markKinds, type Report } from '../../report/report.types.ts';
import type { RunOptions } from '../rehearsal/a-rehearsal.ts';
import { aLongReport, aRehearsed } from '../report/a-report.ts';
import { cellsOf, type Opened, openBrowser, openPage, picture, styleOf } from './a-browser.ts';

let browser: Browser;
let report: Report;
let text: string;

beforeAll(async () => {
  report = await aRehearsed({ version: 'errors:20%', inject: ['kill-task:blue@+2m30s'] });
  text = renderPage(report);
  browser = await openBrowser();
});
afterAll(() => browser.close());

const using = async (opened: Promise<Opened>, act: (opened: Opened) => Promise<void>): Promise<void> => {
  const it = await opened;
  try {
    await act(it);
  } finally {
    await it.close();
  }
};

describe('the page', () => {
  test('asks for nothing but itself, and has nothing to complain about', () =>
    using(openPage(browser, 'light', text), async ({ page, complaints, requested }) => {
      await page.locator('#moment').focus();
      await page.keyboard.press('ArrowRight');
      await page.mouse.move(600, 600);

      expect(complaints).toEqual([]);
      expect(requested).toEqual([page.url()]);
      await picture(page, 'light');
    }));

  test('carries the report it shows', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const carried = await page.locator('#report').evaluate((node) => node.textContent);

      expect(JSON.parse(carried ?? '')).toEqual(JSON.parse(JSON.stringify(report)));
    }));

  test('shows the numbers of the report, every one', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const { traffic, courses, targets, decisions, marks } = report;
      const known = (of: { healthy: number; of: number } | null) =>
        of === null ? 'unknown' : `${of.healthy} of ${of.of}`;

      expect(await page.locator('#requests-total').innerText()).toBe(
        traffic?.total.requests.toLocaleString('en-US'),
      );
      expect(await page.locator('#failed-total').innerText()).toBe(String(traffic?.total.failed));
      expect(await cellsOf(page, '#traffic')).toEqual(
        traffic?.slices.map(({ atMs, blue, green }) => [
          formatDuration(atMs),
          ...[blue.requests, blue.failed, green.requests, green.failed].map(String),
        ]),
      );
      expect(await cellsOf(page, '#course-1')).toEqual(
        courses[0]?.points.map(({ atMs, greenPct }) => [formatDuration(atMs), `${greenPct} %`]),
      );
      expect(await cellsOf(page, '#targets')).toEqual(
        targets.map(({ atMs, blue, green }) => [formatDuration(atMs), known(blue), known(green)]),
      );
      expect((await cellsOf(page, '#marks')).map(([number, , , who, what]) => [number, who, what])).toEqual(
        marks.map(({ who, what }, index) => [String(index + 1), who, what]),
      );
      const reasons = (await cellsOf(page, '#all-decisions')).map(([, , reason]) => reason);
      expect(reasons.at(-1)).toBe(decisions.at(-1)?.reason);
      expect(await cellsOf(page, '#all-events')).toHaveLength(report.events.length);
    }));

  test('draws the weights where the report has them', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const path = (await page.locator('#lane-weights-1 path.line').getAttribute('d')) ?? '';
      const { left, right } = await page
        .locator('svg.chart')
        .evaluate((node) => ({ ...(node as unknown as { dataset: Record<string, string> }).dataset }));

      const scale = (atMs: number) =>
        Number(left) + ((Number(right) - Number(left)) * atMs) / report.durationMs;
      const drawn = [...path.matchAll(/([\d.]+),[\d.]+/g)].map(([, x]) => Number(x));
      for (const { atMs } of report.courses[0]?.points ?? []) {
        expect(drawn.some((x) => Math.abs(x - scale(atMs)) <= 0.2)).toBe(true);
      }
    }));
});

describe('who cannot see or use a mouse', () => {
  test('gets from a mark in the chart to its row by the keyboard', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const mark = page.locator('a.mark').nth(1);
      await mark.focus();
      const href = (await mark.getAttribute('href')) ?? '';

      await page.keyboard.press('Enter');

      expect(new URL(page.url()).hash).toBe(href);
      expect(await page.locator('#marks tr:target').count()).toBe(1);
      expect(await page.locator(`${href} td`).first().isVisible()).toBe(true);
    }));

  test('reads a moment off the charts with the arrow keys, in words', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const slider = page.getByRole('slider', { name: 'Show a moment' });
      await slider.focus();
      for (let press = 0; press < 3; press += 1) await page.keyboard.press('PageUp');

      const said = await page.locator('#moment-says').innerText();
      const seconds = Number(await slider.inputValue());
      expect(seconds).toBeGreaterThan(30);
      expect(said).toContain(`After ${formatDuration(seconds * 1_000)}: HTTPS:443 default: green `);
      expect(said).toMatch(/blue \d of \d healthy; green \d of \d healthy; blue [\d.]+ requests\/s/);
      expect(await slider.getAttribute('aria-valuetext')).toBe(said);
    }));

  test('has a name for every chart, table and part of the page', () =>
    using(openPage(browser, 'light', text), async ({ page }) => {
      const lanes = await page
        .locator('svg [role=img]')
        .evaluateAll((nodes) => nodes.map((node) => node.ariaLabel));
      const tables = await page.locator('table').count();

      expect(lanes.map((label) => label?.split(':')[0])).toEqual([
        expect.stringMatching(/^Weight of green on HTTPS/),
        'Evidence that green is worse than blue (100 rolls back, 10 holds)',
        'Healthy targets',
        'Requests',
        'Error rate of the last 1,000 requests or 10 failed ones, at least of a minute',
      ]);
      expect(await page.locator('table > caption').count()).toBe(tables);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.getByRole('navigation', { name: 'Sections' }).count()).toBe(1);
    }));

  test('misses nothing without scripts', () =>
    using(openPage(browser, 'no-script', text, { javaScriptEnabled: false }), async ({ page }) => {
      expect(await page.getByRole('slider').count()).toBe(0);
      expect(await page.locator('svg.chart path.line').count()).toBeGreaterThan(5);
      expect(await page.getByText('Who did what').first().isVisible()).toBe(true);
    }));
});

/** The contrast of two sRGB colours by WCAG 2.2. */
const contrast = (a: string, b: string): number => {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (light + 0.05) / (dark + 0.05);
};

describe.each(['light', 'dark'] as const)('in %s mode', (colorScheme) => {
  test('every colour of text stands out from its paper', () =>
    using(openPage(browser, colorScheme, text, { colorScheme }), async ({ page }) => {
      const paper = await styleOf(page, 'body', 'background-color');
      const inks = await Promise.all(
        [
          ['body', 'color'],
          ['.facts dt', 'color'],
          ['nav a', 'color'],
          ['.facts .bad dd', 'color'],
          ['svg .end.blue', 'fill'],
          ['svg .end.green', 'fill'],
          ['svg .scale', 'fill'],
          ['.mark.shift text', 'fill'],
          ['.mark.rollBack rect', 'fill'],
          ['.mark.fault text', 'fill'],
        ].map(([selector = '', property = '']) => styleOf(page, selector, property)),
      );

      expect(paper).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)');
      for (const ink of inks) expect(contrast(ink, paper), ink).toBeGreaterThanOrEqual(4.5);
      const [number, disc] = [
        await styleOf(page, '.mark.rollBack text', 'fill'),
        await styleOf(page, '.mark.rollBack rect', 'fill'),
      ];
      expect(contrast(number, disc)).toBeGreaterThanOrEqual(4.5);
      await picture(page, colorScheme);
    }));
});

test('kinds of marks differ in shape, not in colour alone', () => {
  const marks = markKinds.map((kind, index) => ({
    atMs: (report.durationMs * (index + 0.5)) / markKinds.length,
    kind,
    who: 'somebody',
    what: kind,
    why: '',
  }));

  return using(openPage(browser, 'kinds', renderPage({ ...report, marks })), async ({ page }) => {
    const shapes = await Promise.all(
      markKinds.map(async (kind) =>
        [
          await styleOf(page, `.mark.${kind} rect`, 'rx'),
          await styleOf(page, `.mark.${kind} rect`, 'stroke-dasharray'),
          (await styleOf(page, `.mark.${kind} rect`, 'fill')) ===
            (await styleOf(page, `.mark.${kind} rect`, 'stroke')),
          await styleOf(page, `.mark.${kind} rect`, 'stroke-width'),
        ].join(' '),
      ),
    );

    expect(new Set(shapes).size).toBe(markKinds.length);
    await picture(page, 'kinds');
  });
});

/** Every way a deployment ends, and every kind of example. */
const ends: { name: string; options: RunOptions; message: RegExp; marks: MarkKind[] }[] = [
  {
    name: 'succeeded',
    options: {},
    message: /shop:42 on production\/shop was deployed in /,
    marks: ['shift'],
  },
  {
    name: 'rolled-back',
    // By its alarm, which the comparison with blue would be ahead of.
    options: { version: 'errors-under-load:3rps', request: { analysis: 'off' } },
    message: /was rolled back within .*: alarm shop-users-suffer is in ALARM/,
    marks: ['shift', 'alarm', 'rollBack'],
  },
  {
    name: 'refused',
    options: { request: { alarms: ['nobody'] } },
    message: /was refused, and nothing was changed: Preflight found 1 error and 0 warnings\.$/,
    marks: [],
  },
  {
    name: 'stuck',
    options: { inject: ['abort@shift:2', 'throttle:ecs:DeleteTaskSet:48h@shift:2'] },
    message: /is stuck and needs a person\.$/,
    marks: ['shift', 'command', 'rollBack'],
  },
  {
    name: 'first',
    options: { example: 'first-deployment' },
    message: /hello:1 .* was deployed/,
    marks: ['shift'],
  },
  { name: 'sticky', options: { example: 'sticky' }, message: /basket:8 .* was deployed/, marks: ['shift'] },
  {
    name: 'two-days',
    options: {
      request: {
        // Without the shop's alarm over connection errors, which a dead target of green may turn red by itself.
        alarms: [],
        // Three days of metrics are no matter of the page.
        analysis: 'off',
        shifts: [{ greenPct: 10, bake: '24h', approval: true }, { greenPct: 100 }],
        keepBlue: '48h',
      },
      inject: ['pause@+20h', 'resume@+22h', 'approve@+26h', 'kill-task:green@+40h'],
    },
    message: /was deployed in 3d/,
    marks: ['shift', 'command', 'fault'],
  },
];

describe.each(ends)('$name', ({ name, options, message, marks }) => {
  test('says so, marks it, fits on a screen, a telephone and paper, and complains of nothing', async () => {
    const of = await aRehearsed(options);
    const page = renderPage(of);
    for (const [mode, settings] of [
      ['light', {}],
      ['dark', { colorScheme: 'dark' }],
      ['narrow', { viewport: { width: 390, height: 800 } }],
      ['print', {}],
    ] as [string, BrowserContextOptions][]) {
      await using(openPage(browser, `${name}-${mode}`, page, settings), async (opened) => {
        if (mode === 'print') await opened.page.emulateMedia({ media: 'print' });
        const html = opened.page.locator('html');
        const [whole, view] = await html.evaluate((node) => [node.scrollWidth, node.clientWidth]);

        expect(await opened.page.locator('h1').innerText()).toMatch(message);
        expect(await opened.page.locator('h1').count()).toBe(1);
        expect(whole, mode).toBe(view);
        expect(opened.complaints).toEqual([]);
        for (const kind of marks) {
          expect(await opened.page.locator(`#marks tr.${kind}`).count(), kind).toBeGreaterThan(0);
        }
        expect(await opened.page.locator('#requests-total').innerText()).toBe(
          of.traffic?.total.requests.toLocaleString('en-US'),
        );
        await overlaps(opened.page);
        await picture(opened.page, `${name}-${mode}`);
      });
    }
  });
});

type Box = { left: number; right: number; top: number; bottom: number };

/** No label of the time axis, and no title of a lane, lies on another one. */
const overlaps = async (page: Page): Promise<void> => {
  for (const selector of ['.axis text', '.lane-title', 'a.mark rect']) {
    const boxes = await page
      .locator(`svg.chart ${selector}`)
      .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().toJSON() as Box));
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(apart, `${selector} ${JSON.stringify([a, b])}`).toBe(true);
      }
    }
  }
};

test('a refusal begins with what preflight found, and its commands can be copied as one line', async () => {
  const refused = await aRehearsed({ request: { alarms: ['nobody'] } });
  const [finding] = refused.findings;

  await using(openPage(browser, 'refused', renderPage(refused)), async ({ page }) => {
    expect(await page.locator('main > section').first().getAttribute('id')).toBe('preflight');
    expect(await page.locator('#preflight pre').innerText()).toBe(finding?.commands?.[0]);
    expect(finding?.id).toBe('alarm-not-found');
    expect(await page.locator('#preflight li.error .fix code').first().innerText()).toBe('alarms');
  });
});

test('Tab goes through the page from top to bottom: skip link, sections, charts, marks, slider, tables', () =>
  using(openPage(browser, 'light', text), async ({ page }) => {
    const seen: string[] = [];
    for (let press = 0; press < 40; press += 1) {
      await page.keyboard.press('Tab');
      // Behind the last one is the browser itself.
      if ((await page.locator(':focus').count()) === 0) break;
      const what = await page
        .locator(':focus')
        .evaluate(
          (node) =>
            `${node.id || node.getAttribute('href') || node.getAttribute('aria-label') || node.tagName}`,
        );
      if (seen.at(-1) !== what) seen.push(what);
    }
    const order = [
      '#what',
      '#deeds',
      'Charts over time',
      '#mark-1',
      'moment',
      'What the numbers in the chart stand for',
    ];

    expect(seen[0]).toBe('#what');
    expect(order.map((name) => seen.indexOf(name))).toEqual(
      order.map((name) => seen.indexOf(name)).toSorted((a, b) => a - b),
    );
    expect(order.filter((name) => !seen.includes(name))).toEqual([]);
  }));

test('on paper it is black on white, without what only a screen can use', () =>
  using(openPage(browser, 'print', text, { colorScheme: 'dark' }), async ({ page }) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });

    expect(await styleOf(page, 'body', 'background-color')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('#moment').isVisible()).toBe(false);
    expect(await page.locator('svg.chart').isVisible()).toBe(true);
    expect((await page.pdf()).length).toBeGreaterThan(20_000);
    await picture(page, 'print');
  }));

test('on a telephone only the wide parts scroll, not the page', () =>
  using(openPage(browser, 'narrow', text, { viewport: { width: 390, height: 800 } }), async ({ page }) => {
    const [whole, view] = await page.locator('html').evaluate((node) => [node.scrollWidth, node.clientWidth]);

    expect(whole).toBe(view);
    await picture(page, 'narrow');
  }));

describe('with 5,000 events', () => {
  const long = () => openPage(browser, 'long', renderPage(aLongReport(report, 5_000)));

  test('all of them are there, a tick box hides a kind, and nothing breaks', () =>
    using(long(), async ({ page, complaints }) => {
      await page.locator('#events summary').click();
      const visible = () =>
        page
          .locator('#all-events tbody tr')
          .evaluateAll((rows) => rows.filter((row) => row.checkVisibility()).length);
      expect(await visible()).toBe(5_000);

      await page.getByRole('checkbox', { name: 'target' }).uncheck();

      expect(await visible()).toBe(3_333);
      expect(complaints).toEqual([]);
    }));

  test('a long table scrolls by itself, its head in sight; on paper it is whole', () =>
    using(long(), async ({ page }) => {
      const heights = () =>
        page
          .locator('.scroll:has(#marks)')
          .evaluate((node) => [node.clientHeight, node.scrollHeight] as [number, number]);
      const [seen, whole] = await heights();
      expect(seen).toBeLessThan(800);
      expect(whole).toBeGreaterThan(5 * seen);

      await page.emulateMedia({ media: 'print' });
      const [onPaper, all] = await heights();
      expect(onPaper).toBe(all);
    }));

  test('the marks stay apart and can be read', () =>
    using(long(), async ({ page }) => {
      const boxes = await page
        .locator('a.mark rect')
        .evaluateAll((rects) =>
          rects.map((rect) => rect.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
        );

      expect(boxes.length).toBeGreaterThan(5);
      for (const [index, { left }] of boxes.slice(1).entries()) {
        expect(left).toBeGreaterThanOrEqual(boxes[index]?.right ?? 0);
      }
      await picture(page, 'long');
    }));
});

describe('hooks', () => {
  const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';
  const hooked = () =>
    aRehearsed({
      request: {
        analysis: 'off',
        hooks: [
          { name: 'smoke', stages: ['POST_SCALE_UP', 'ROLLBACK'], lambda },
          { name: 'business', stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], steps: [2], approval: true },
        ],
      },
      hooks: ['business=fails:not on a Friday'],
    });

  test.each([
    ['hooks', {}],
    ['hooks-narrow', { viewport: { width: 390, height: 800 } }],
  ] as [string, BrowserContextOptions][])('have a section of their own: %s', async (name, settings) => {
    const of = await hooked();
    await using(openPage(browser, name, renderPage(of), settings), async ({ page, complaints }) => {
      const [whole, view] = await page
        .locator('html')
        .evaluate((node) => [node.scrollWidth, node.clientWidth]);
      const rows = await cellsOf(page, '#all-hooks');
      await page.locator('#all-hooks summary').first().click();

      expect(complaints).toEqual([]);
      expect(whole).toBe(view);
      expect(rows.map(([_after, hook, stage, result]) => [hook, stage, result])).toEqual([
        ['smoke', 'POST_SCALE_UP', 'succeeded'],
        ['business', 'PRE_PRODUCTION_TRAFFIC_SHIFT 2', 'was cancelled'],
        ['smoke', 'ROLLBACK', 'succeeded'],
      ]);
      expect(await page.locator('#all-hooks pre').first().innerText()).toContain('"hookStatus":"SUCCEEDED"');
      expect(await page.locator('#marks tr.hook').count()).toBe(3);
      expect(await page.locator('#all-hooks a').first().getAttribute('href')).toContain(
        '/executions/details/',
      );
      await picture(page, name);
    });
  });
});
