import { seriesKey } from '../core/verdict/published-metrics.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { PublishedSeed, WorldSeed } from '../sim/parts.types.ts';

/**
 * The world with applications that publish what the request compares: the first metric of `bad` counts what a version
 * answers wrongly; of `requests` the first that is none of `bad` counts all else, and what is left publishes nothing.
 */
export const publishing = (world: WorldSeed, request: DeploymentRequest | undefined): WorldSeed => {
  const application = request?.analysis?.application ?? [];
  if (application.length === 0 || world.published !== undefined) return world;
  const published = application.flatMap(({ requests, bad }): PublishedSeed[] => {
    const [wrong] = bad;
    const badKeys = new Set(bad.map(seriesKey));
    const among = requests.some((metric) => badKeys.has(seriesKey(metric)));
    const all = requests.find((metric) => !badKeys.has(seriesKey(metric)));
    return [
      ...(wrong === undefined ? [] : [{ ...wrong, counts: 'wrong' as const }]),
      ...(all === undefined ? [] : [{ ...all, counts: among ? ('right' as const) : ('requests' as const) }]),
    ];
  });
  return { ...world, published };
};
