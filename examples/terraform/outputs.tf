output "orchestrator_parameters" {
  description = "What Cutover's stack has to be allowed: its parameters ServiceArns, ListenerArns and ClusterArns"
  value = {
    ClusterArns  = var.cluster_arn
    ServiceArns  = aws_ecs_service.this.id
    ListenerArns = var.listener_arn
  }
}

output "target_group_arns" {
  description = "The first deployment names one of them as greenTargetGroup"
  value       = { for colour, group in aws_lb_target_group.colour : colour => group.arn }
}
