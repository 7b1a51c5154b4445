"""Cutover's CloudFormation package in an account that ministack plays: installed whole and as it is, three refusals, a sweep,
`cutover selfcheck`, and removed again. `scripts/ministack.sh` runs this; what ministack logged is in dist/ministack.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "dist" / "cloudformation"
LOG = ROOT / "dist" / "ministack"
ACCOUNT = "000000000000"
REGION = "us-east-1"
GIVE_UP_SECONDS = 120

# A test's own profile and credentials must not reach a real account.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, ask):
    """What `ask` answers once it is not None."""
    for _ in range(GIVE_UP_SECONDS * 5):
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"expected {what} within {GIVE_UP_SECONDS} s, waited in vain: see {LOG}")


def expect(what, holds, found):
    if not holds:
        raise AssertionError(f"expected {what}, found {found}")
    print(f"ok     {what}")


def start():
    """ministack on loopback: by default it listens on every interface."""
    port = free_port()
    LOG.mkdir(parents=True, exist_ok=True)
    endpoint = f"http://127.0.0.1:{port}"
    settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"}
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "ministack")],
        env={**os.environ, **settings},
        stdout=(LOG / "ministack.log").open("w"),
        stderr=subprocess.STDOUT,
    )

    def listening():
        if server.poll() is not None:
            raise AssertionError(f"expected ministack to run, it ended with {server.returncode}: see {LOG}")
        with socket.socket() as probe:
            return True if probe.connect_ex(("127.0.0.1", port)) == 0 else None

    until("ministack to listen", listening)
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    return server


def install(cloudformation, s3):
    s3.create_bucket(Bucket="cutover-assets")
    for path in PACKAGE.iterdir():
        s3.put_object(Bucket="cutover-assets", Key=f"cutover/{path.name}", Body=path.read_bytes())
    parameters = {
        "ClusterArns": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop",
        "ServiceArns": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/shop/*",
        "ListenerArns": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/shop/*",
        "TaskRoleArns": f"arn:aws:iam::{ACCOUNT}:role/shop-*",
        "AssetBucket": "cutover-assets",
    }
    cloudformation.create_stack(
        StackName="cutover",
        Capabilities=["CAPABILITY_IAM"],
        TemplateURL=f"{os.environ['AWS_ENDPOINT_URL']}/cutover-assets/cutover/Cutover.template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    return until("the stack to be created or to fail", lambda: ended(cloudformation))


def ended(cloudformation):
    (stack,) = cloudformation.describe_stacks(StackName="cutover")["Stacks"]
    return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack["StackStatus"]


def resources(cloudformation):
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="cutover")
    return [resource for page in pages for resource in page["StackResourceSummaries"]]


def refusal(stepfunctions, machine, name, request):
    started = stepfunctions.start_execution(stateMachineArn=machine, name=name, input=json.dumps(request))

    def over():
        execution = stepfunctions.describe_execution(executionArn=started["executionArn"])
        return None if execution["status"] == "RUNNING" else execution

    return until(f"{name} to end", over)


def a_service(ecs):
    """Of the EXTERNAL controller. ministack knows no task sets, so it has none."""
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "shop:1", "memory": 128, "essential": True}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(cluster="shop", serviceName="web", desiredCount=1, deploymentController={"type": "EXTERNAL"})


def selfcheck():
    command = ["node", str(ROOT / "cli" / "cutover.mjs"), "selfcheck", "shop/web"]
    return subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP_SECONDS, env={**os.environ, "COLUMNS": "200"})


def play():
    cloudformation, s3 = boto3.client("cloudformation"), boto3.client("s3")
    stepfunctions, lambdas, ecs = boto3.client("stepfunctions"), boto3.client("lambda"), boto3.client("ecs")

    status = install(cloudformation, s3)
    expect("the package to be installed whole", status == "CREATE_COMPLETE", status)
    value = boto3.client("ssm").get_parameter(Name="/cutover/default")["Parameter"]["Value"]
    machine = json.loads(value)["stateMachineArn"]

    asked = {"cluster": "shop", "service": "nobody", "taskDefinition": "web:1"}
    a_service(ecs)
    # ministack has no Application Auto Scaling.
    refusals = {
        "an empty request": ({}, "3 problems"),
        "a service that does not exist": (asked, "service"),
        "a service whose tasks no balancer reaches": ({**asked, "service": "web", "autoscaling": "leave"}, "target group"),
    }
    for index, (what, (request, reason)) in enumerate(refusals.items()):
        end = refusal(stepfunctions, machine, f"refusal-{index}", request)
        found = f"{end['status']} {end.get('error')}: {end.get('cause')}"
        expect(f"{what} to be refused", end["status"] == "FAILED" and end.get("error") == "Refused", found)
        print(f"       {end.get('cause', '')[:160]}")
        expect(f"the refusal of {what} to name {reason}", reason.lower() in found.lower(), found)

    sweep = next(
        resource["PhysicalResourceId"]
        for resource in resources(cloudformation)
        if resource["ResourceType"] == "AWS::Lambda::Function" and resource["LogicalResourceId"].startswith("CutoverSweep")
    )
    answer = lambdas.invoke(FunctionName=sweep, Payload=b"{}")
    expect("a sweep to find nothing to do", "FunctionError" not in answer, answer["Payload"].read())

    checked = selfcheck()
    print(checked.stdout)
    expect("selfcheck to ask every question", "unsettled" in checked.stdout, f"{checked.returncode}: {checked.stderr}")

    cloudformation.delete_stack(StackName="cutover")
    gone = until("the stack to be deleted", lambda: deleted(cloudformation))
    expect("the stack to be deleted", gone == "DELETE_COMPLETE", gone)
    functions = [function["FunctionName"] for function in lambdas.list_functions()["Functions"]]
    expect("no function to be left", functions == [], functions)


def deleted(cloudformation):
    try:
        status = ended(cloudformation)
    except cloudformation.exceptions.ClientError:
        return "DELETE_COMPLETE"
    return status if status is None or status.startswith("DELETE") else None


server = start()
try:
    play()
finally:
    server.terminate()
    server.wait(timeout=30)
