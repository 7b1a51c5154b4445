import autocannon from 'autocannon';

/**
 * Sends requests until it is asked to stop, then answers with its counts: a process of its own, so that it measures
 * from outside.
 */

const [url = '', connections = '16', rate = '0'] = process.argv.slice(2);
const instance = autocannon(
  {
    url,
    connections: Number(connections),
    duration: 3_600,
    ...(Number(rate) > 0 ? { overallRate: Number(rate) } : {}),
  },
  (error, result) => {
    if (error !== null) throw error;
    process.send?.(result);
    process.disconnect();
  },
);
process.once('message', () => instance.stop());
