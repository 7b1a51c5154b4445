// `npm test` runs this first: an older Node would stop with a syntax error that names no reason.
import { requireNode } from '../cli/node-version.mjs';

requireNode();
