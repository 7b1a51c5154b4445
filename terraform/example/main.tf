# One installation for the services of a cluster, and a subscription of the people on call.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

variable "bucket" {
  description = "Bucket in this Region for the template and the zip files"
  type        = string
}

variable "on_call" {
  description = "Mail address that is notified when a person is needed"
  type        = string
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
}

module "cutover" {
  # Of the npm package: "./node_modules/cutover/terraform".
  source = "../"

  bucket         = var.bucket
  cluster_arns   = ["arn:aws:ecs:${local.region}:${local.account}:cluster/shop"]
  service_arns   = ["arn:aws:ecs:${local.region}:${local.account}:service/shop/*"]
  listener_arns  = ["arn:aws:elasticloadbalancing:${local.region}:${local.account}:listener/app/shop/*"]
  task_role_arns = ["arn:aws:iam::${local.account}:role/shop-*"]
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = module.cutover.alarm_topic_arn
  protocol  = "email"
  endpoint  = var.on_call
}

output "state_machine_arn" {
  description = "Of the installation"
  value       = module.cutover.state_machine_arn
}
