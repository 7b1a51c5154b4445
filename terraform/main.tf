# Cutover's CloudFormation template as a Terraform module: the template is the one that the tests hold to the Lambdas' calls,
# so nothing is described twice. Terraform uploads what the package has and owns the stack.

# Its own address has the Region and the partition, with each major version of the provider.
data "aws_s3_bucket" "package" {
  bucket = var.bucket
}

locals {
  package = coalesce(var.package, "${path.module}/../dist/cloudformation")

  template = "${local.package}/Cutover.template.json"

  # The content names the object, so that a changed template is another address and the stack is updated.
  template_key = "${var.prefix}Cutover-${substr(filesha256(local.template), 0, 16)}.template.json"
}

# Named by their content already; those of the release before stay until the stack has been updated.
resource "aws_s3_object" "zip" {
  for_each = fileset(local.package, "*.zip")

  bucket = var.bucket
  key    = "${var.prefix}${each.value}"
  source = "${local.package}/${each.value}"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "template" {
  bucket       = var.bucket
  key          = local.template_key
  source       = local.template
  content_type = "application/json"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "this" {
  name         = var.stack_name
  capabilities = ["CAPABILITY_IAM"]
  tags         = var.tags

  template_url = "https://${data.aws_s3_bucket.package.bucket_regional_domain_name}/${aws_s3_object.template.key}"

  parameters = {
    AssetBucket        = var.bucket
    AssetPrefix        = var.prefix
    InstallationName   = var.installation
    ClusterArns        = join(",", var.cluster_arns)
    ServiceArns        = join(",", var.service_arns)
    ListenerArns       = join(",", var.listener_arns)
    TaskRoleArns       = join(",", var.task_role_arns)
    TaskDefinitionArns = join(",", var.task_definition_arns)
    HookFunctionArns   = join(",", var.hook_function_arns)

    NameWriters            = var.name_writers
    HookTaskDefinitionArns = join(",", var.hook_task_definition_arns)
  }

  # The stack names the zip files, and Terraform does not see that.
  depends_on = [aws_s3_object.zip]
}
