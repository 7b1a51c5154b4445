import { DescribeImagesCommand, DescribePullThroughCacheRulesCommand } from '@aws-sdk/client-ecr';
import { isDeploymentError } from '../core/errors.ts';
import { type EcrImage, parseEcrImage } from '../core/plan/preflight/ecr-image.ts';
import type { ObservedImage } from '../core/vocabulary/surroundings.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { allPages } from './pages.ts';

/** Whether ECR has the images; those of other registries and Regions cannot be found with this client. */
export const readImages = async (
  client: Sender,
  call: Call,
  images: readonly string[],
  region: string,
  patienceMs: number,
): Promise<ObservedImage[]> => {
  const inEcr = [...new Set(images)]
    .flatMap((image) => parseEcrImage(image) ?? [])
    .filter((image) => image.region === region);
  const answers = inEcr.map(async (image) => ({
    image: image.image,
    repository: image.repository,
    exists:
      (await isThere(client, call, image, patienceMs)) ||
      (await comesOnDemand(client, call, image, patienceMs)),
  }));
  return Promise.all(answers);
};

const isThere = async (
  client: Sender,
  call: Call,
  { image, registry, repository, id }: EcrImage,
  patienceMs: number,
): Promise<boolean> => {
  const command = new DescribeImagesCommand({
    registryId: registry,
    repositoryName: repository,
    imageIds: [id],
  });
  try {
    const answer = await call(client, command, { what: `search for the image ${image}`, patienceMs });
    return (answer.imageDetails ?? []).length > 0;
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return false;
    throw error;
  }
};

/** With a pull-through cache the image, and its repository, come into being when it is first pulled. */
const comesOnDemand = async (
  client: Sender,
  call: Call,
  { registry, repository }: EcrImage,
  patienceMs: number,
): Promise<boolean> => {
  const what = `read the pull-through cache rules of registry ${registry}`;
  try {
    const rules = await allPages(what, async (nextToken) => {
      const command = new DescribePullThroughCacheRulesCommand({
        registryId: registry,
        ...defined({ nextToken }),
      });
      const answer = await call(client, command, { what, patienceMs });
      return { items: answer.pullThroughCacheRules, next: answer.nextToken };
    });
    return rules.some(
      ({ ecrRepositoryPrefix: prefix }) =>
        prefix === 'ROOT' || (prefix !== undefined && repository.startsWith(`${prefix}/`)),
    );
  } catch (error) {
    // Few registries have such rules, and fewer roles may read them: then the image simply is not there.
    if (isDeploymentError(error)) return false;
    throw error;
  }
};
