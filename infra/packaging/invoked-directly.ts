import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether the module of this `import.meta.url` is the program that was started, and not one that it imports. */
export const invokedDirectly = (moduleUrl: string): boolean =>
  moduleUrl === pathToFileURL(resolve(process.argv[1] ?? '')).href;
