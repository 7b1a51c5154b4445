import { requireNode } from './node-version.mjs';

requireNode();

const { runAction } = await import('./action/run.ts');
process.exitCode = await runAction(process.env);
