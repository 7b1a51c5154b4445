/** `cutover/cdk`: what an app of somebody else's imports. */
export type { DeploymentScope } from './deployment-scope.ts';
export { CutoverOrchestrator, type OrchestratorProps } from './orchestrator.ts';
export { CutoverStack, type OrchestratorStackProps } from './orchestrator-stack.ts';
