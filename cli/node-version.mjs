// Plain JavaScript that any Node reads: TypeScript runs as it is only from Node 24 on, and an older one would
// stop with a syntax error that says nothing.

/** The first major version that runs this code: the packaged command line is JavaScript already and gives its own. */
const NEEDED = typeof CUTOVER_NODE === 'number' ? CUTOVER_NODE : 24;

/** What to tell a person whose Node is too old, or undefined. */
export const tooOld = (version) => {
  const major = Number(version.split('.')[0]);
  if (major >= NEEDED) return undefined;
  const error = `error: Cutover needs Node ${NEEDED} or newer, and this is Node ${version}.`;
  const packaged = typeof CUTOVER_NODE === 'number';
  const install = 'install it from https://nodejs.org.';
  const toDo = packaged
    ? [`  what to do: ${install}`]
    : [
        `  what to do: on Linux and Windows "npm ci" installs Node ${NEEDED} beside the other packages, and npm's own`,
        `  commands use it: "npm start", "npm test", "npx cutover ...". Elsewhere ${install}`,
      ];
  return [error, ...toDo, ''].join('\n');
};

/** Ends the process with 1 and says why when its Node is too old. */
export const requireNode = () => {
  const message = tooOld(process.versions.node);
  if (message === undefined) return;
  process.stderr.write(message);
  process.exit(1);
};
