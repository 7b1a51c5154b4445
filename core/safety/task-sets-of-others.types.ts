/** What somebody else did to a service's task sets while it was deployed, as far as it has to stand at the end. */
export type TaskSetsOfOthers = {
  /** Those that somebody else made. That no step writes to them is invariant 5. */
  made: ReadonlySet<string>;
  /** The scale in percent that somebody else gave last: blue's at any time, green's once blue had begun to go. */
  scaled: ReadonlyMap<string, number>;
  /**
   * Those whose absence somebody else explains: a colour that they deleted when the other had begun to go, and a blue
   * whose green had no healthy target when it went.
   */
  deleted: ReadonlySet<string>;
  /** Made PRIMARY by somebody else after the last step that reads which one is, and sets it right. */
  primary: string | null;
};
