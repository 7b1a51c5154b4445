// Plain JavaScript that any Node reads: TypeScript runs as it is only from Node 24 on, and an older one would
// stop with a syntax error that says nothing.

/** The first major version that runs this code. */
const NEEDED = 24;

/** What to tell a person whose Node is too old, or undefined. */
export const tooOld = (version) => {
  const major = Number(version.split('.')[0]);
  if (major >= NEEDED) return undefined;
  return [
    `error: Cutover needs Node ${NEEDED} or newer, and this is Node ${version}.`,
    `  what to do: on Linux and Windows "npm ci" installs Node ${NEEDED} beside the other packages, and npm's own`,
    '  commands use it: "npm start", "npm test", "npx cutover ...". Elsewhere install it from https://nodejs.org.',
    '',
  ].join('\n');
};

/** Ends the process with 1 and says why when its Node is too old. */
export const requireNode = () => {
  const message = tooOld(process.versions.node);
  if (message === undefined) return;
  process.stderr.write(message);
  process.exit(1);
};

// `npm test` runs this file by itself, first.
if (
  process.argv[1] !== undefined &&
  import.meta.url.endsWith('/node-version.mjs') &&
  process.argv[1].endsWith('node-version.mjs')
) {
  requireNode();
}
