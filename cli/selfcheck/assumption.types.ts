/** What asking AWS showed. `unsettled`: it could not be asked, or there was nothing to see it by. */
export type Settled = { kind: 'holds' | 'differs' | 'unsettled'; found: string };

/** Something that Cutover takes for true of AWS, that its documentation does not say, and that nobody could try. */
export type Assumption = {
  /** Named in sim/README.md, where a person finds how to check it by hand. */
  id: string;
  assumed: string;
  /** What to do where it is wrong. */
  ifWrong: string;
};
