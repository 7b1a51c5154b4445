import { CfnParameter, Fn, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Code in a bucket of the user's, named by a CloudFormation parameter: for installing without the CDK. */
export class PackagedCode extends lambda.Code {
  readonly isInline = false;

  private readonly fileName: string;

  constructor(fileName: string) {
    super();
    this.fileName = fileName;
  }

  override bind(scope: Construct): lambda.CodeConfig {
    const bucket = parameter(scope, 'AssetBucket', {
      description: 'Bucket, in this Region, that holds the zip files',
    });
    const prefix = parameter(scope, 'AssetPrefix', {
      description: 'What comes before the names of the zip files in the bucket, e.g. cutover/',
      default: 'cutover/',
    });
    return {
      s3Location: {
        bucketName: bucket.valueAsString,
        objectKey: Fn.join('', [prefix.valueAsString, this.fileName]),
      },
    };
  }
}

/** The stack's parameter of this name, made for the first Lambda that asks. */
const parameter = (
  scope: Construct,
  id: string,
  props: { description: string; default?: string },
): CfnParameter => {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(id) as CfnParameter | undefined;
  return existing ?? new CfnParameter(stack, id, props);
};
