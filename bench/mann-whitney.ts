/** Both samples in one order: what shares a value shares the mean of their ranks. */
const ranksOf = (values: readonly number[]): { ranks: number[]; ties: number } => {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]?.value === order[from]?.value) to += 1;
    for (const { at } of order.slice(from, to)) ranks[at] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Every choice of so many of the first `of` whole numbers. */
const choicesOf = (many: number, of: number, from = 0): number[][] =>
  many === 0
    ? [[]]
    : Array.from({ length: of - from }, (_, at) => from + at).flatMap((first) =>
        choicesOf(many - 1, of, first + 1).map((rest) => [first, ...rest]),
      );

const choices = new Map<string, number[][]>();

const choicesKept = (many: number, of: number): number[][] => {
  const key = `${many} of ${of}`;
  const known = choices.get(key) ?? choicesOf(many, of);
  choices.set(key, known);
  return known;
};

/**
 * How likely so high a rank sum of green is when both are alike, counted out over every way of dealing the ranks; as
 * PipeCD counts it, which takes whole steps also where ties make halves.
 */
export const exactP = (blue: readonly number[], green: readonly number[]): number => {
  const { ranks } = ranksOf([...green, ...blue]);
  const seen = sumOf(ranks.slice(0, green.length));
  const dealt = choicesKept(green.length, ranks.length);
  return dealt.filter((at) => sumOf(at.map((one) => ranks[one] as number)) > seen - 1).length / dealt.length;
};

/** Mann-Whitney's z for "green is higher than blue by more than `shift`", with R's corrections. */
export const rankZ = (blue: readonly number[], green: readonly number[], shift: number): number => {
  const { ranks, ties } = ranksOf([...green.map((value) => value - shift), ...blue]);
  const [m, n, count] = [green.length, blue.length, ranks.length];
  const above = sumOf(ranks.slice(0, m)) - (m * (m + 1)) / 2 - (m * n) / 2;
  const variance = ((m * n) / 12) * (count + 1 - ties / (count * (count - 1)));
  return variance <= 0 ? 0 : (above - Math.sign(above) * 0.5) / Math.sqrt(variance);
};

/** By how much green is higher: the median of all differences (Hodges and Lehmann). */
export const shiftOf = (blue: readonly number[], green: readonly number[]): number => {
  const differences = green.flatMap((one) => blue.map((other) => one - other)).sort((a, b) => a - b);
  const half = differences.length / 2;
  return ((differences[Math.ceil(half) - 1] as number) + (differences[Math.floor(half)] as number)) / 2;
};
