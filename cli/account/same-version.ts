import { nameOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { imagesIn, withImages } from '../../core/plan/task-definition-document.ts';
import type { Account } from './account.ts';
import type { WantedRevision } from './revision.ts';

const REVISION = /:\d+$/;

/**
 * What is asked for and is not what a deployment deploys that its name found: a job's name may come back with another
 * version, and the end of the first would be taken for the second's. Null: the same, or nobody can tell, as of a family
 * without a revision, which means the newest of its time.
 */
export const otherVersion = async (
  account: Account,
  { taskDefinition, asked, images }: WantedRevision,
  deployed: string,
): Promise<string | null> => {
  if (asked === null && images.length === 0) {
    const named = nameOf(taskDefinition ?? '');
    return REVISION.test(named) && REVISION.test(deployed) && named !== nameOf(deployed) ? named : null;
  }
  try {
    const { document } = await account.verbs().documents.read(deployed);
    const there = imagesIn(document);
    const wanted = imagesIn(withImages(asked ?? document, images).document);
    const [other] = [...wanted].filter(([container, image]) => there.get(container) !== image);
    return other === undefined ? null : other.join('=');
  } catch (error) {
    // It is deregistered, or may not be read.
    if (isDeploymentError(error)) return null;
    throw error;
  }
};
