/** `1,234,567`; by hand, because a host's locale must not change what is printed. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 route`, `1,200 requests`. */
export const count = (number: number, word: string): string =>
  `${grouped(number)} ${word}${number === 1 ? '' : 's'}`;

/** `0.31 %` of a share of 0 to 1, three digits at most. */
export const percentOf = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** How strong evidence is, given as a natural log: a number as long as it can be read, then a power. */
export const evidenceOf = (logE: number): string =>
  logE > Math.log(1e6) ? `e^${logE.toFixed(1)}` : grouped(Number(Math.exp(logE).toPrecision(3)));
