import { describe, expect, test } from 'vitest';
import { cutover, example } from '../a-terminal.ts';

const SHOP = example('shop');

/** A person at a keyboard: what is pressed in which frame. */
const aPerson = (script: Record<number, string>) => {
  let frame = 0;
  let press: ((key: string) => void) | null = null;
  return {
    frames: () => frame,
    listening: () => press !== null,
    shown: {
      interactive: true,
      width: 100,
      height: 40,
      keys: (then: (key: string) => void) => {
        press = then;
        return () => {
          press = null;
        };
      },
      pause: async () => {
        frame += 1;
        for (const key of script[frame] ?? '') press?.(key);
      },
    },
  };
};

/** What a sentence of the timeline begins with. */
const lineWith = (out: string, text: string): number =>
  out.split('\n').findIndex((line) => line.includes(text));

describe('rehearse --live', () => {
  test('in a pipe is the log that CI would have, with the faults, and ends with the rehearsal’s summary', async () => {
    const { out, code } = await cutover(['rehearse', SHOP, '--live', '--inject', 'kill-task:green@shift:2']);

    expect(out).toMatch(/^00:17:\d\d {2}now {7}20 % baking/m);
    // The fault strikes when the weights are written; the line about the read-back comes after it.
    expect(lineWith(out, 'one green task dies')).toBeGreaterThan(lineWith(out, 'shifted 5 % to green'));
    expect(lineWith(out, 'one green task dies')).toBeLessThan(lineWith(out, 'shifted 50 % to green'));
    expect(out).toMatch(/SUCCEEDED[\s\S]*requests +[\d,]+ served, 1 failed/);
    expect(out).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  test('is the same deployment as without it, state for state', async () => {
    // Not to the second: watching reads, too, and calls to one service draw their delays in turn.
    const tookOf = async (...more: string[]): Promise<string | undefined> =>
      /took +1h13m\d+s, (.+events)/.exec((await cutover(['rehearse', SHOP, ...more])).out)?.[1];

    const watched = await tookOf('--live');

    expect(watched).toMatch(/^\d+ state transitions, \d+ history events$/);
    expect(watched).toBe(await tookOf());
  });

  test('says once why a step is tried again and again', async () => {
    const { out } = await cutover(
      ['rehearse', SHOP, '--live', '--inject', 'throttle:ecs:CreateTaskSet:20m@state:LaunchGreen'],
      { width: 300 },
    );

    expect(out.match(/retrying {2}LaunchGreen did not come through yet/g)).toHaveLength(1);
    expect(out).toMatch(
      /LaunchGreen did not come through yet\s+Could not create a task set .*limited the rate/,
    );
    expect(out).not.toMatch(/^\S+ +failed/m);
    expect(out).toContain('SUCCEEDED');
  });

  test('with --json is the stream that watching a deployment prints', async () => {
    const { out, code } = await cutover(['rehearse', SHOP, '--live', '--json', '--version', 'crash-loop'], {
      interactive: true,
    });

    const lines: { v: number; type: string }[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ v: 1, type: 'standing' });
    expect(lines.at(-1)).toMatchObject({ type: 'ended', outcome: 'rolledBack', exitCode: 2 });
    expect(code).toBe(2);
  });

  test('on a terminal shows the live view at the speed asked for', async () => {
    const person = aPerson({});

    const { out } = await cutover(['rehearse', SHOP, '--live', '--speed', '600'], person.shown);

    expect(out).toMatch(/▶ 20 % +█/);
    expect(out).toContain('600 × real time');
    expect(out).toContain('m promote  s skip  p pause  b abort  f freeze');
    // 1 h 13 min by frames of a minute, and the last observations.
    expect(person.frames()).toBeGreaterThan(70);
    expect(person.frames()).toBeLessThan(80);
  });

  test('keys steer the deployment; a command that does not apply is refused with its reason', async () => {
    const person = aPerson({ 4: 'a', 6: 'p', 9: 'r', 10: 'm', 20: 'b' });

    const { out, code } = await cutover(['rehearse', SHOP, '--live', '--speed', '600'], person.shown);

    expect(out).toContain('approve refused');
    expect(out).toContain('pause by user/you (claimed): typed in a rehearsal');
    expect(lineWith(out, 'shifted 20 %')).toBe(-1);
    expect(lineWith(out, 'shifted 100 % to green')).toBeGreaterThan(lineWith(out, 'waiting for an operator'));
    expect(out).toContain('ROLLED BACK');
    expect(code).toBe(5);
    expect(person.listening()).toBe(false);
  });

  test('the clock can be stopped, and goes faster and slower', async () => {
    const stopped = aPerson({ 3: ' ', 200: ' ++' });

    const { out } = await cutover(['rehearse', SHOP, '--live', '--speed', '600'], stopped.shown);

    expect(out).toContain('the clock stands');
    expect(out).toContain('2400 × real time');
    expect(stopped.frames()).toBeGreaterThan(200);
    expect(stopped.frames()).toBeLessThan(230);
  });

  test.each([['q'], ['\u0003']])('%j leaves with 130 and gives the terminal back', async (key) => {
    const person = aPerson({ 5: key });

    const { out, code } = await cutover(['rehearse', SHOP, '--live'], person.shown);

    expect(out.slice(out.lastIndexOf('\u001b[?25h'))).toContain('a deployment in an account would continue');
    expect(person.frames()).toBe(5);
    expect(person.listening()).toBe(false);
    expect(code).toBe(130);
  });
});
