export type EcrImage = {
  image: string;
  registry: string;
  region: string;
  repository: string;
  id: { imageTag: string } | { imageDigest: string };
};

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:8` or `...@sha256:...`; private registries only. */
const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/**
 * Null: no image of a private ECR registry. A digest wins over a tag beside it, and no tag means `latest`, as when it
 * is pulled.
 */
export const parseEcrImage = (image: string): EcrImage | null => {
  const [, registry, region, repository, tag, digest] = ECR_IMAGE.exec(image) ?? [];
  if (registry === undefined || region === undefined || repository === undefined) return null;
  const id = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
  return { image, registry, region, repository, id };
};
