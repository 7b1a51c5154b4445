/**
 * A sender, for people. Lambda does not tell a function who invoked it, and an execution's input names whomever its
 * writer likes, so a name is the sender's own word.
 */
export const claimed = (sender: string): string => `${sender} (claimed)`;
