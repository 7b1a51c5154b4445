output "installation" {
  description = "What cutover.yaml and --installation name"
  value       = var.installation
}

output "state_machine_arn" {
  description = "For pipelines that start deployments without the command line, and for the policy of a pipeline's role"
  value       = aws_cloudformation_stack.this.outputs["StateMachineArn"]
}

output "alarm_topic_arn" {
  description = "Subscribe the people on call"
  value       = aws_cloudformation_stack.this.outputs["AlarmTopicArn"]
}

output "outputs" {
  description = "All outputs of the stack"
  value       = aws_cloudformation_stack.this.outputs
}
