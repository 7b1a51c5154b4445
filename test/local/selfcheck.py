"""`cutover selfcheck --write` in an account that plain moto plays: it settles what it can, and names what moto answers otherwise than AWS is
assumed to. Called by scripts/local.sh with moto's endpoint and the program to run."""

import json
import os
import subprocess
import sys

import boto3

ENDPOINT, PROGRAM = sys.argv[1], sys.argv[2:]
ACCOUNT = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}

# Each stands in sim/README.md's table of differences. One more, or one fewer: moto has changed, or the check has.
DIFFERS = {
    "counts-round-up",
    "tasks-name-their-set",
    "started-by-alone",
    "ids-are-needed",
    "token-makes-no-twin",
    "token-is-for-one-input",
    "primary-is-kept",
}
HOLDS = {"lists-its-task-sets", "no-service-deployments", "zone-rebalancing", "lists-without-primary", "primary-needs-no-role"}
WRITTEN = {"lists-without-primary", "token-makes-no-twin", "token-is-for-one-input", "primary-needs-no-role", "primary-is-kept"}


def client(service):
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")


def a_service():
    ecs, ec2 = client("ecs"), client("ec2")
    ecs.create_cluster(clusterName="production")
    ecs.register_task_definition(
        family="shop", networkMode="awsvpc", containerDefinitions=[{"name": "web", "image": "shop:1", "memory": 128, "essential": True}]
    )
    ecs.create_service(cluster="production", serviceName="shop", desiredCount=2, deploymentController={"type": "EXTERNAL"})
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = [each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"] if each["VpcId"] == subnet["VpcId"]]
    network = {"awsvpcConfiguration": {"subnets": [subnet["SubnetId"]], "securityGroups": groups}}
    task_set = ecs.create_task_set(
        cluster="production",
        service="shop",
        taskDefinition="shop:1",
        launchType="FARGATE",
        networkConfiguration=network,
        scale={"value": 100, "unit": "PERCENT"},
    )["taskSet"]
    ecs.update_service_primary_task_set(cluster="production", service="shop", primaryTaskSet=task_set["taskSetArn"])


def an_installation():
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    machine = client("stepfunctions").create_state_machine(name="cutover", definition=definition, roleArn="arn:aws:iam::123456789012:role/any")
    installation = {"stateMachineArn": machine["stateMachineArn"], "tableName": "any", "eventBusName": "default", "commandFunction": "any"}
    client("ssm").put_parameter(Name="/cutover/default", Value=json.dumps(installation), Type="String")


def selfcheck(*options):
    """Exit code, and each verdict by its name."""
    answer = subprocess.run(
        [*PROGRAM, "selfcheck", "production/shop", *options],
        env={**os.environ, **ACCOUNT, "AWS_ENDPOINT_URL": ENDPOINT},
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [line.split() for line in answer.stdout.splitlines() if line.startswith(("holds ", "differs ", "unsettled "))]
    return answer.returncode, {name.rstrip(":"): verdict for verdict, name, *_ in rows}


def services():
    ecs = client("ecs")
    arns = ecs.list_services(cluster="production")["serviceArns"]
    found = ecs.describe_services(cluster="production", services=arns)["services"]
    return [(each["serviceName"], len(each.get("taskSets", []))) for each in found if each["status"] == "ACTIVE"]


failed = 0


def check(name, found, expected):
    global failed
    if found != expected:
        failed += 1
        print(f"FAILED selfcheck, {name}: expected {expected}, found {found}")


a_service()
an_installation()
_, read = selfcheck()
check("without --write it asks only what reading settles", WRITTEN & set(read), set())
check("and leaves the account as it is", services(), [("shop", 1)])
code, every = selfcheck("--write")
check("its end, where something differs", code, 4)
check("what differs", {name for name, verdict in every.items() if verdict == "differs"}, DIFFERS)
check("what holds", {name for name, verdict in every.items() if verdict == "holds"}, HOLDS)
check("what it made is gone", services(), [("shop", 1)])
print(f"selfcheck: {6 - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
