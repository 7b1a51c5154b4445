import { Duration, aws_iam as iam, aws_lambda as lambda, aws_logs as logs, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LAMBDA_MEMORY_MB, LAMBDA_TIMEOUT_SECONDS } from '../core/estimate/lambda-size.ts';

export type HandlerProps = {
  /** What its step or event handler is called, where that is not the construct's own id. */
  name?: string;
  /** The file in functions/, without its extension. */
  file: string;
  /** Which export of its bundle is called; absent: `handler`. */
  exported?: string | undefined;
  description: string;
  code: lambda.Code;
  environment: Record<string, string>;
  statements: iam.PolicyStatement[];
  logRetention: logs.RetentionDays;
  /** Default: traced. */
  tracing?: lambda.Tracing;
};

/**
 * One Lambda with its own role and log group, and a version published for each change of its code or
 * settings.
 */
export class Handler extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  readonly version: lambda.Version;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);

    const description = `Cutover ${props.name ?? id}: ${props.description}`;
    const logGroup = new logs.LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description,
    });
    // The log group exists already, so the role needs no right to make one.
    logGroup.grantWrite(this.role);
    for (const statement of props.statements) this.role.addToPolicy(statement);

    this.function = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: `index.${props.exported ?? 'handler'}`,
      description,
      code: props.code,
      environment: props.environment,
      timeout: Duration.seconds(LAMBDA_TIMEOUT_SECONDS),
      memorySize: LAMBDA_MEMORY_MB,
      role: this.role,
      logGroup,
      tracing: props.tracing ?? lambda.Tracing.ACTIVE,
      // A running deployment continues with the version it started with, so an upgrade must not delete it
      // [fact 105]. An upgrade that fails takes back the version it made: one that stayed would make the next try
      // fail, because Lambda publishes the same code only once.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
    this.version = this.function.currentVersion;
  }
}
