# One installation for the services of a cluster, and a subscription of the people on call.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "region" {
  description = "Region of the cluster and the bucket"
  type        = string
}

variable "bucket" {
  description = "Bucket in this Region for the template and the zip files"
  type        = string
}

variable "on_call" {
  description = "Mail address that is notified when a person is needed"
  type        = string
}

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
}

module "cutover" {
  # Of the npm package: "./node_modules/cutover/terraform".
  source = "../"

  bucket         = var.bucket
  cluster_arns   = ["arn:aws:ecs:${var.region}:${local.account}:cluster/shop"]
  service_arns   = ["arn:aws:ecs:${var.region}:${local.account}:service/shop/*"]
  listener_arns  = ["arn:aws:elasticloadbalancing:${var.region}:${local.account}:listener/app/shop/*"]
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
