/** Of Systems Manager, what a world serves: where an installation says what it is. */
export { GetParameter$, ParameterNotFound$, SSMClient } from '@aws-sdk/client-ssm';
