"""An account on moto's server, with Cutover installed in it as docs/deploying.md says for CloudFormation alone.

`serve.py LAMBDA_HOST_URL` prints one JSON line when the account is ready, `{"endpoint": "http://127.0.0.1:PORT"}`, then one for
each thing that a rehearsal may wait for, and obeys JSON lines on its standard input:

- {"hold": N}: hold the clock when the bake of plan position N begins; {"held": N} is printed then.
- {"go": true}: let it continue.
- {"skip": SECONDS}: let time pass.

Ends when its standard input does.
"""

import json
import logging
import os
import sys
import threading
from pathlib import Path

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1")

import boto3
from moto.events.models import EventsBackend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

import ecs_agent
import event_rules
import functions
import workflow
from virtual_clock import clock

PACKAGE = Path(__file__).parent.parent.parent / "dist" / "cloudformation"
ACCOUNT = "123456789012"
REGION = "us-east-1"

said = threading.Lock()


def say(**line):
    with said:
        print(json.dumps(line), flush=True)


def listen():
    """A free port, known before anything starts: moto's Step Functions calls Lambda by it."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def known_to_moto(named):
    """A resource as moto's CloudFormation takes it, or None for one it cannot have."""
    name, resource = named
    # It knows no alarms, so it cannot draw a dashboard of them either.
    if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"):
        return None
    # Of a parameter it expects tags as a list; CloudFormation wants a map there.
    if resource["Type"] == "AWS::SSM::Parameter":
        resource["Properties"].pop("Tags")
    return name, resource


def install_cutover(endpoint):
    """The package that `npm run package` writes: zip files into a bucket, then the template."""
    s3 = boto3.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket="cutover-assets")
    for path in PACKAGE.glob("*.zip"):
        s3.put_object(Bucket="cutover-assets", Key=f"cutover/{path.name}", Body=path.read_bytes())
    template = json.loads((PACKAGE / "Cutover.template.json").read_text())
    template["Resources"] = dict(filter(None, map(known_to_moto, template["Resources"].items())))
    body = json.dumps(template).encode()
    s3.put_object(Bucket="cutover-assets", Key="cutover/Cutover.template.json", Body=body)

    any_of = {
        "ClusterArns": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop",
        "ServiceArns": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/shop/*",
        "ListenerArns": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/shop/*",
        "TaskRoleArns": f"arn:aws:iam::{ACCOUNT}:role/shop-*",
        "AssetBucket": "cutover-assets",
    }
    cloudformation = boto3.client("cloudformation", endpoint_url=endpoint)
    cloudformation.create_stack(
        StackName="cutover",
        Capabilities=["CAPABILITY_IAM"],
        TemplateURL=f"https://cutover-assets.s3.{REGION}.amazonaws.com/cutover/Cutover.template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in any_of.items()],
    )
    (stack,) = cloudformation.describe_stacks(StackName="cutover")["Stacks"]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise SystemExit(f"expected the stack to be created, found {stack['StackStatus']}")


def watch_events():
    put_events = EventsBackend.put_events

    def put(self, events):
        for event in events:
            say(event={"detailType": event["DetailType"], "detail": json.loads(event["Detail"])})
        return put_events(self, events)

    EventsBackend.put_events = put


class Holds:
    """Where the clock is to be held: at the bake of a plan position, distinguished from what Bake's function is given."""

    def __init__(self):
        self.position = None

    def on_invoke(self, function, event):
        position = (event.get("state") or {}).get("traffic", {}).get("position") if "taskToken" in event else None
        if position is not None and position == self.position:
            self.position = None
            clock.hold()
            say(held=position)


def main():
    logging.disable(logging.WARNING)
    ecs_agent.install()
    event_rules.install()
    workflow.install()
    host = functions.install(sys.argv[1])
    holds = Holds()
    host.on_invoke = holds.on_invoke
    watch_events()

    port = listen()
    os.environ["MOTO_PORT"] = str(port)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    host.environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    install_cutover(endpoint)
    say(endpoint=endpoint)

    for line in sys.stdin:
        command = json.loads(line)
        if "hold" in command:
            holds.position = command["hold"]
        if "go" in command:
            holds.position = None
            clock.go_on()
        if "skip" in command:
            clock.skip(command["skip"])
        say(done=command)


main()
