// What the local load balancer uses of undici. The whole of it has a fetch, which Node 20 cannot load: it has no zstd.
export * as errors from 'undici/lib/core/errors.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
