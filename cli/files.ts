import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** Whether there is something to read; a directory of that name is none. */
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Whether a name is taken, by whatever. */
export const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** A file's text; what keeps it from being read (permissions, mostly) is a person's to put right. */
export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

/** Writes a text; unless `over` is true only where nothing is, which the file system itself makes sure of. */
export const writeText = (path: string, text: string, over: boolean): void => {
  try {
    writeFileSync(path, text, { flag: over ? 'w' : 'wx' });
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
};
