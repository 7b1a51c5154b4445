import { fileOf, stepNames } from '../statemachine/contract.ts';
import { eventHandlers } from './event-handlers.ts';

/** Every file of functions/ that becomes a Lambda, without its extension. */
export const handlerFiles = (): string[] => [
  ...stepNames.map(fileOf),
  ...eventHandlers.map(({ file }) => file),
];
