# A service that Cutover deploys, owned by Terraform. Terraform makes what stays from one version to the next. Cutover
# makes the task sets and moves the weights. The `ignore_changes` blocks are the border between the two; README.md says
# what happens without each of them.

resource "aws_ecs_service" "this" {
  name           = var.name
  cluster        = var.cluster_arn
  desired_count  = var.tasks
  propagate_tags = "SERVICE"

  # With the EXTERNAL controller the service has no task definition, no load balancer and no network of its own: they
  # belong to the task sets. Leave these arguments out altogether.
  deployment_controller {
    type = "EXTERNAL"
  }

  lifecycle {
    ignore_changes = [
      # Scaling moves it, also in the middle of a deployment.
      desired_count,
      # Copied from the PRIMARY task set by ECS when a deployment promotes it.
      task_definition,
      load_balancer,
      network_configuration,
      launch_type,
      capacity_provider_strategy,
      platform_version,
      service_registries,
      # ECS refuses it before the first task set is PRIMARY; set it with `aws ecs update-service` afterwards.
      health_check_grace_period_seconds,
    ]
  }
}

resource "aws_lb_target_group" "colour" {
  for_each = toset(["blue", "green"])

  name                 = "${var.name}-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = var.container_port
  deregistration_delay = 30

  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  # A replaced group has a new ARN, and the rule below, which Terraform no longer touches, would still name the old one.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_lb_listener_rule" "this" {
  listener_arn = var.listener_arn
  priority     = 100

  # In a rule of its own, so that certificates and TLS policies, which belong to the listener, change without it.
  condition {
    host_header {
      values = var.hosts
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.colour["blue"].arn
        weight = 100
      }
      target_group {
        arn    = aws_lb_target_group.colour["green"].arn
        weight = 0
      }
    }
  }

  lifecycle {
    # Terraform cannot ignore the weights alone: they are a set inside the action. From here on the whole action belongs to
    # Cutover.
    ignore_changes = [action]

    # A new priority or listener replaces the rule: its weights, and every request in between, would be lost.
    prevent_destroy = true
  }
}
