#!/usr/bin/env node
import { requireNode } from './node-version.mjs';

requireNode();

// What is packaged has its SDK inside: on Node 20 the advice about a later one is for those who package it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// `cutover ... | head` closes the pipe early; that is the reader's right and no error.
process.stdout.on('error', (error) => {
  // While a deployment is watched nobody knows its end, and 0 would say that the new version serves.
  if (error.code === 'EPIPE') process.exit(process.listenerCount('SIGTERM') > 0 ? 130 : 0);
  throw error;
});

const { main } = await import('./main.ts');
const { processTerminal } = await import('./terminal.ts');
process.exitCode = await main(process.argv.slice(2), processTerminal());
