import { mkdirSync, writeFileSync } from 'node:fs';
import { main } from '../cli/main.ts';
import type { Terminal } from '../cli/terminal.ts';
import { drawRecording } from './recording-svg.ts';
import { aScreen, type Frame } from './terminal-screen.ts';

/**
 * Records `cutover rehearse --live` as an animated SVG, docs/pictures/live.svg: what a terminal would show,
 * second after second. The same seed gives the same picture. `npm run pictures` runs it.
 */

const PICTURE = new URL('../docs/pictures/live.svg', import.meta.url);
/** From the root of the repository, where npm runs scripts: the end shows the command. */
const SHOP = 'examples/shop/request.json';

/** A version that its alarm rolls back: every phase but the last ones within half an hour. */
const ARGUMENTS = ['rehearse', SHOP, '--live', '--version', 'errors-under-load:3rps'];

export const COLUMNS = 110;
export const ROWS = 34;
/** The live view draws ten frames a second; every tenth keeps the picture small and the pace true. */
const EVERY = 10;
export const FRAME_SECONDS = 1;

/** Every frame that a person would see, and the last one, in which the command has ended. */
export const recordLive = async (argv: readonly string[] = ARGUMENTS): Promise<Frame[]> => {
  const screen = aScreen(ROWS);
  const frames: Frame[] = [];
  let pauses = 0;
  const terminal: Terminal = {
    out: screen.write,
    err: screen.write,
    width: COLUMNS,
    columns: COLUMNS,
    height: ROWS,
    interactive: true,
    colour: true,
    keys: () => () => {},
    pause: async () => {
      if (pauses % EVERY === 0) frames.push(screen.frame());
      pauses += 1;
    },
  };
  await main([...argv], terminal);
  return [...frames, screen.frame()];
};

if (import.meta.main) {
  const frames = await recordLive();
  mkdirSync(new URL('.', PICTURE), { recursive: true });
  writeFileSync(
    PICTURE,
    drawRecording(frames, { columns: COLUMNS, rows: ROWS, frameSeconds: FRAME_SECONDS }),
  );
}
