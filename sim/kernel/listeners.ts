/** Ends what was begun; a second call does nothing. */
export type Cancel = () => void;

/** Whoever wants to hear of something, in the order in which they asked, until they no longer do. */
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
