import { notDistinct, type PublishedSums, publishedSums } from '../verdict/published-metrics.ts';
import type { AnalysisPolicy } from '../vocabulary/analysis.types.ts';

/** What a colour's service revisions name. */
type Revisions = { targetGroupArns: readonly string[]; taskDefinitionArns: readonly string[] };

type Groups = { blueGroupArn: string; greenGroupArn: string };

/** One target group a colour; or why the two cannot be compared. */
export const groupsOf = (blue: Revisions, green: Revisions): Groups | { impossible: string } => {
  const [greenGroupArn, ...moreGreen] = green.targetGroupArns;
  const [blueGroupArn, ...moreBlue] = blue.targetGroupArns.filter(
    (arn) => !green.targetGroupArns.includes(arn),
  );
  if (greenGroupArn === undefined || blueGroupArn === undefined)
    return {
      impossible:
        'blue and green have no target group each: the deployment is not blue/green, linear or canary',
    };
  if (moreGreen.length + moreBlue.length > 0)
    return {
      impossible: 'the revisions have several target groups each, and one of each colour is compared',
    };
  return { blueGroupArn, greenGroupArn };
};

type Published = { blue: PublishedSums[]; green: PublishedSums[] };

/** The series of the application that each colour publishes; or why they cannot be distinguished. */
export const publishedOf = (
  { application = [] }: Pick<AnalysisPolicy, 'application'>,
  { blueGroupArn, greenGroupArn }: Groups,
  [blue, green]: readonly [Revisions, Revisions],
): Published | { impossible: string } => {
  if (application.length === 0) return { blue: [], green: [] };
  const [blueArn, ...moreBlue] = blue.taskDefinitionArns;
  const [greenArn, ...moreGreen] = green.taskDefinitionArns;
  if (blueArn === undefined || greenArn === undefined || moreBlue.length + moreGreen.length > 0)
    return {
      impossible:
        'metrics of the application are distinguished by one task definition a colour, found ' +
        `${blue.taskDefinitionArns.length} of blue and ${green.taskDefinitionArns.length} of green`,
    };
  const colours = {
    blue: { taskDefinitionArn: blueArn, targetGroupArn: blueGroupArn },
    green: { taskDefinitionArn: greenArn, targetGroupArn: greenGroupArn },
  };
  const same = notDistinct(application, colours.blue, colours.green);
  if (same.length > 0)
    return { impossible: `both colours publish ${same.join(' and ')} under the same dimensions` };
  return {
    blue: publishedSums(application, colours.blue),
    green: publishedSums(application, colours.green),
  };
};
