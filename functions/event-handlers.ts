import { analysisHook } from './analysis-hook.ts';
import { command } from './command.ts';
import { hookAnswer } from './hook-answer.ts';
import { onAlarm } from './on-alarm.ts';
import { sweep } from './sweep.ts';
import { watch } from './watch.ts';
import { watchMoves } from './watch-moves.ts';

/**
 * The Lambdas beside the workflow, by the word they share with their file, for the one who runs everything in one
 * process.
 */
export const eventHandlers = {
  OnAlarm: onAlarm,
  Sweep: sweep,
  Watch: watch,
  WatchMoves: watchMoves,
  Command: command,
  AnalysisHook: analysisHook,
  HookAnswer: hookAnswer,
};

export type EventHandlerName = keyof typeof eventHandlers;
