import { seen } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { parseEcrImage } from './ecr-image.ts';
import { error } from './finding.ts';

/** Every image that ECR should have is there: otherwise green's tasks stop with CannotPullContainerError [fact 159]. */
export const checkImages: Check = ({ observed: { surroundings, taskDefinition } }) =>
  (seen(surroundings?.images) ?? [])
    .filter(({ exists }) => !exists)
    .map(({ image, repository }) => {
      const parsed = parseEcrImage(image);
      const registry = parsed === null ? '' : ` --registry-id ${parsed.registry}`;
      // What has no tag cannot be pushed under its digest.
      const push = parsed !== null && 'imageTag' in parsed.id ? [`docker push ${image}`] : [];
      return error(
        'image-not-found',
        `expected the image ${image} of ${taskDefinition?.arn ?? 'the task definition'}, found none in ` +
          `the ECR repository ${repository}: its tasks would stop with CannotPullContainerError`,
        `${push.length > 0 ? 'Push it, or deploy' : 'Deploy'} one that is there; this lists the latest.`,
        [
          ...push,
          `aws ecr describe-images${registry} --repository-name ${repository} --query ` +
            "'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags'",
        ],
      );
    });
