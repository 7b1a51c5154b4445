/** Ends what was begun; a second call does nothing. */
export type Cancel = () => void;

/** The callers of something, in the order in which they were added, each until it is cancelled. */
export const makeListeners = <Heard extends unknown[]>() => {
  const listeners = new Set<{ hear(...heard: Heard): void }>();
  return {
    add: (hear: (...heard: Heard) => void): Cancel => {
      const entry = { hear };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    call: (...heard: Heard): void => {
      for (const { hear } of listeners) hear(...heard);
    },
  };
};
