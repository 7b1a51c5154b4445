import { fileOf, stepNames } from '../statemachine/contract.ts';
import { eventHandlers } from './event-handlers.ts';

/** Every file of functions/ that becomes the code of a Lambda, without its extension. */
export const handlerFiles = (): string[] => [
  ...new Set([...stepNames.map(fileOf), ...eventHandlers.map(({ file }) => file)]),
];
