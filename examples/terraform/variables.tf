variable "name" {
  description = "Name of the service and of what belongs to it"
  type        = string
  default     = "web"
}

variable "cluster_arn" {
  description = "Cluster that the service runs in"
  type        = string
}

variable "vpc_id" {
  description = "VPC of the load balancer and the tasks"
  type        = string
}

variable "listener_arn" {
  description = "Listener of the application load balancer that requests come in by"
  type        = string
}

variable "hosts" {
  description = "Host names whose requests go to the service"
  type        = list(string)
}

variable "container_port" {
  description = "Port that the container listens on"
  type        = number
  default     = 8080
}

variable "tasks" {
  description = "Tasks that the service starts with; scaling changes the number afterwards"
  type        = number
  default     = 2
}
