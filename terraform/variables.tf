variable "bucket" {
  description = "Bucket, in the Region of the stack, that the template and the Lambdas' zip files are put into"
  type        = string
}

variable "prefix" {
  description = "What comes before their names in the bucket"
  type        = string
  default     = "cutover/"
}

variable "package" {
  description = "Folder that `npm run package` writes; default: the one of the npm package that this module is in"
  type        = string
  default     = null
}

variable "stack_name" {
  description = "Name of the CloudFormation stack"
  type        = string
  default     = "Cutover"
}

variable "installation" {
  description = "Tells several installations of one account and Region apart; the command line finds this one by it"
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-zA-Z0-9._-]{1,64}$", var.installation))
    error_message = "Expected letters, digits, dots, hyphens and underscores, 64 at most."
  }
}

variable "cluster_arns" {
  description = "ECS clusters whose services may be deployed"
  type        = list(string)

  validation {
    condition     = length(var.cluster_arns) > 0
    error_message = "Expected at least one cluster's ARN."
  }
}

variable "service_arns" {
  description = "ECS services that may be deployed; .../service/shop/* for all services of a cluster"
  type        = list(string)

  validation {
    condition     = length(var.service_arns) > 0
    error_message = "Expected at least one service's ARN."
  }
}

variable "listener_arns" {
  description = "Listeners whose weights, and whose rules' weights, may be changed; .../listener/app/shop/* for all of a load balancer"
  type        = list(string)

  validation {
    condition     = length(var.listener_arns) > 0
    error_message = "Expected at least one listener's ARN."
  }
}

variable "task_role_arns" {
  description = "Task roles and task execution roles of the task definitions that are deployed"
  type        = list(string)

  validation {
    condition     = length(var.task_role_arns) > 0
    error_message = "Expected at least one role's ARN."
  }
}

variable "task_definition_arns" {
  description = "Task definitions that may be deployed; .../task-definition/shop-* for all families that begin so. Any by default"
  type        = list(string)
  default     = ["arn:*:ecs:*:*:task-definition/*"]

  validation {
    condition     = length(var.task_definition_arns) > 0
    error_message = "Expected at least one task definition's ARN, or nothing."
  }
}

variable "hook_function_arns" {
  description = "Functions that may be called as hooks, by alias or version; .../function:shop-*:live for several. None by default"
  type        = list(string)
  default     = ["arn:*:lambda:*:*:function:cutover-calls-no-hook:none"]

  validation {
    condition     = length(var.hook_function_arns) > 0
    error_message = "Expected at least one function's ARN, or nothing."
  }
}

variable "hook_task_definition_arns" {
  description = "Task definitions that may be run as hooks; .../task-definition/shop-* for all families that begin so. None by default"
  type        = list(string)
  default     = ["arn:*:ecs:*:*:task-definition/cutover-runs-no-hook:0"]

  validation {
    condition     = length(var.hook_task_definition_arns) > 0
    error_message = "Expected at least one task definition's ARN, or nothing."
  }
}

variable "name_writers" {
  description = "Whether the end of a deployment names who changed its weights: RecordOutcome may then read all of the account's management events"
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the stack, which CloudFormation gives to what it makes"
  type        = map(string)
  default     = {}
}
