/** What bench/load uses of it; the package brings no types. */
declare module 'autocannon' {
  export type Result = {
    requests: { average: number; total: number; sent: number };
    latency: { p50: number; p99: number };
    '2xx': number;
    non2xx: number;
    errors: number;
    timeouts: number;
  };
  type Instance = { stop(): void };
  type Options = {
    url: string;
    connections: number;
    duration: number;
    overallRate?: number;
    headers?: Record<string, string>;
  };
  export default function autocannon(
    options: Options,
    done: (error: Error | null, result: Result) => void,
  ): Instance;
}
