import type { Check } from './check.types.ts';
import { error } from './finding.ts';
import { seen } from './surroundings.types.ts';

/** Every image that ECR should have is there: otherwise green's tasks stop with CannotPullContainerError [159]. */
export const checkImages: Check = ({ observed: { surroundings, taskDefinition } }) =>
  (seen(surroundings?.images) ?? [])
    .filter(({ exists }) => !exists)
    .map(({ image, repository }) =>
      error(
        'image-not-found',
        `expected the image ${image} of ${taskDefinition?.arn ?? 'the task definition'}, found none in the ECR repository ${repository}: its tasks could not start`,
        `Push it, or deploy a tag that is there: \`aws ecr describe-images --repository-name ${repository} --query 'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags'\`.`,
      ),
    );
