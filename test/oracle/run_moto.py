"""Runs the state machine file over the scenarios in moto's Step Functions interpreter and
prints one JSON line for each.

moto's interpreter is LocalStack's, written against recordings of AWS; it shares no code with sim/stepfunctions. It runs in
this process with these seams replaced, so that nothing waits and every Lambda answers what the scenario says:

- `_invoke_lambda_function` answers from the scenario. (moto would start a container for each function.)
- Retry's `time.sleep` and Wait's `_wait_interval` note their seconds and return at once.
- The execution starts at a fixed time, as text: moto puts a datetime into the context object, which then breaks its own
  JSON output (AWS has an ISO 8601 string there).
- A Task's timeout fires as soon as its function has said that it will never answer, and the wait for a task token ends at
  once with what has been sent for it by then: signals are sent while the function runs, which is before the wait begins.
"""

import json
import logging
import threading
import time
import types
from pathlib import Path

import boto3
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

HERE = Path(__file__).parent
MACHINE = HERE.parent.parent / "statemachine" / "deploy.asl.json"
DEFAULTS = json.loads((HERE / "answers.json").read_text())
ACCOUNT = "123456789012"
REGION = "us-east-1"
STARTED_AT = "2026-01-05T09:00:00.000Z"
# A scenario of a hundred states takes moto well under a second; this only ends a run that hangs.
GIVE_UP_SECONDS = 60

# moto logs every failing state as an error, and half of the scenarios fail on purpose.
logging.disable(logging.CRITICAL)


class Script:
    """What the Lambda functions answer in one scenario, and what was noted while it ran."""

    def __init__(self, scenario, client):
        self.left = {step: list(answers) for step, answers in scenario["answers"].items()}
        self.client = client
        self.calls = []
        self.waits = []
        self.retry_delays = []
        self.timeouts = []
        self.hung = threading.Event()

    def answer(self, step):
        answers = self.left.get(step)
        return answers.pop(0) if answers else DEFAULTS[step]

    def invoke(self, parameters):
        step = parameters["FunctionName"].split(":")[-1]
        payload = json.loads(parameters["Payload"])
        token = payload.get("taskToken") if isinstance(payload, dict) else None
        self.calls.append({"step": step, "payload": {**payload, "taskToken": "TOKEN"} if token else payload})
        answer = self.answer(step)
        if answer == "never":
            self.hung.set()
            threading.Event().wait()
        if "error" in answer:
            error = answer["error"]
            cause = {"errorType": error["name"], "errorMessage": error["message"], "trace": []}
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": cause}
        if "wait" in answer:
            self.signal(token, answer["wait"])
            return {"StatusCode": 200, "Payload": None}
        return {"StatusCode": 200, "Payload": answer["result"]}

    def signal(self, token, how):
        if how == "timesOut":
            return
        if "signal" in how:
            self.client.send_task_success(taskToken=token, output=json.dumps(how["signal"]))
        else:
            # Beside moto's HTTP layer, which drops the cause.
            stepfunctions_parser_backends[ACCOUNT][REGION].send_task_failure(token, **how["failure"])


script = None


class TaskEvent(threading.Event):
    """Ends a Task's wait when its function has answered, or has said that it never will."""

    def wait(self, timeout=None):
        while not super().wait(0.001):
            if script.hung.is_set():
                script.hung.clear()
                script.timeouts.append(timeout)
                return False
        return True


def token_wait(endpoint, timeout=None):
    outcome = endpoint.get_outcome()
    if outcome is None:
        script.timeouts.append(timeout)
    return outcome


lambda_eval_utils._invoke_lambda_function = lambda parameters, region, state_credentials: script.invoke(parameters)
retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: script.retry_delays.append(seconds))
execute_state.threading = types.SimpleNamespace(Event=TaskEvent)
WaitFunction._wait_interval = lambda self, env, wait_seconds: script.waits.append(wait_seconds)
CallbackEndpoint.wait = token_wait
Execution.get_start_execution_details = lambda self: ExecutionDetails(
    arn=self.exec_arn, name=self.name, role_arn=self.role_arn, inpt=self.input_data, start_time=STARTED_AT
)


def definition_for(scenario):
    text = MACHINE.read_text()
    if scenario.get("jitter") == "NONE":
        text = text.replace('"JitterStrategy": "FULL"', '"JitterStrategy": "NONE"')
    for step in DEFAULTS:
        text = text.replace("${" + step + "Arn}", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{step}")
    return text


def history_of(client, arn):
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]


def run(name, scenario):
    global script
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", region_name=REGION)
        script = Script(scenario, client)
        machine = client.create_state_machine(
            name="cutover", definition=definition_for(scenario), roleArn=f"arn:aws:iam::{ACCOUNT}:role/cutover"
        )["stateMachineArn"]
        arn = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(scenario["input"]))[
            "executionArn"
        ]
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while (end := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise SystemExit(f"{name}: moto did not end within {GIVE_UP_SECONDS} s; called {script.calls[-1:]}")
            time.sleep(0.002)

        events = history_of(client, arn)
        entered = [event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event]
        return {
            "name": name,
            "status": end["status"],
            "error": end.get("error"),
            "cause": end.get("cause"),
            "output": json.loads(end["output"]) if "output" in end else None,
            "entered": [{"state": state["name"], "input": json.loads(state["input"])} for state in entered],
            "calls": script.calls,
            "waits": script.waits,
            "timeouts": script.timeouts,
            "retries": len(script.retry_delays),
            "retryDelays": script.retry_delays if scenario.get("jitter") == "NONE" else None,
            "historyEvents": len(events),
        }


for path in sorted((HERE / "scenarios").glob("*.json")):
    print(json.dumps(run(path.stem, json.loads(path.read_text()))), flush=True)
