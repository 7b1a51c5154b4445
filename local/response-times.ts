/** Steps of the histogram: each is 5 % longer than the one before it, from a tenth of a millisecond on. */
const GROWTH = 1.05;
const SHORTEST_SECONDS = 0.0001;
/** Reaches beyond an hour. */
const STEPS = 360;

/** How long answers took, in a size that does not depend on how many there were. */
export type ResponseTimes = {
  add(seconds: number): void;
  /** What this share of the answers did not exceed, to 5 %; undefined without answers. */
  quantile(share: number): number | undefined;
};

const stepOf = (seconds: number): number =>
  seconds <= SHORTEST_SECONDS
    ? 0
    : Math.min(STEPS - 1, Math.ceil(Math.log(seconds / SHORTEST_SECONDS) / Math.log(GROWTH)));

export const makeResponseTimes = (): ResponseTimes => {
  const counts = new Uint32Array(STEPS);
  let total = 0;
  return {
    add: (seconds) => {
      const step = stepOf(seconds);
      counts[step] = (counts[step] as number) + 1;
      total += 1;
    },
    quantile: (share) => {
      if (total === 0) return undefined;
      const wanted = Math.max(1, Math.ceil(share * total));
      let seen = 0;
      const step = counts.findIndex((count) => {
        seen += count;
        return seen >= wanted;
      });
      return SHORTEST_SECONDS * GROWTH ** step;
    },
  };
};
