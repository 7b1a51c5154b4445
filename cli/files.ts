import { readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { decodeText } from '../core/decode-text.ts';
import { UsageError } from './usage-error.ts';

/** Nothing, too, is at a path that no file system takes: one that is too long, or has a NUL. */
const found = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

/** Whether there is something to read; a directory of that name is none. */
export const isFile = (path: string): boolean => found(path)?.isFile() === true;

/** Whether a name is taken, by whatever. */
export const exists = (path: string): boolean => found(path) !== undefined;

/** A file's text; what keeps it from being read (permissions, mostly) is a person's to put right. */
export const readText = (path: string): string => {
  try {
    return decodeText(readFileSync(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, {
      hint: 'name a file that you may read (`ls -l` shows who may), or have the right given to you',
    });
  }
};

/** Writes a text; unless `over` is true only where nothing is, which the file system itself makes sure of. */
export const writeText = (path: string, text: string, over: boolean): void => {
  try {
    writeFileSync(path, text, { flag: over ? 'w' : 'wx' });
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`, {
      hint: 'name another file, in a directory that is there and that you may write to',
    });
  }
};
