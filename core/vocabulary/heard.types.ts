/** What an observation knew of signals, so that the wait after it finds those that it did not. */
export type Heard = {
  /** When it began to read. */
  atMs: number;
  /** The last command in the record, null when there was none; absent when the record could not be read. */
  lastCommandId?: string | null;
};
