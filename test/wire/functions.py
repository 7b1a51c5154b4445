"""Lambda without containers: a function's zip file is unpacked and run by test/wire/lambda-host.ts."""

import hashlib
import io
import json
import tempfile
import urllib.request
import zipfile
from pathlib import Path

from moto.awslambda.models import LambdaFunction, LambdaVersion, lambda_backends

from virtual_clock import clock

# Longer than any function of ours may take.
GIVE_UP_SECONDS = 90


class LambdaHost:
    def __init__(self, url):
        self.url = url
        # What the Lambda service adds to a function's own variables; set when the server's port is known.
        self.environment = {}
        self.unpacked = Path(tempfile.mkdtemp(prefix="cutover-wire-"))
        self.on_invoke = lambda name, event: None

    def code_of(self, function):
        """Where the function's code is, unpacked once for each content."""
        directory = self.unpacked / hashlib.sha256(function.code_bytes).hexdigest()[:16]
        if not directory.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(directory)
        return str(directory)

    def invoke(self, function, event):
        self.on_invoke(function.function_name, event)
        body = {
            "code": self.code_of(function),
            "handler": function.handler,
            "functionName": function.function_name,
            "timeoutSeconds": int(function.timeout),
            "environment": {**function.environment_vars, **self.environment},
            "skippedMs": clock.skipped_ms,
            "event": event,
        }
        request = urllib.request.Request(self.url, json.dumps(body).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=GIVE_UP_SECONDS) as response:
            return json.loads(response.read())


def create_version(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """As moto does it, and with what CloudFormation gives for a Ref of it: the version's ARN."""
    name = cloudformation_json["Properties"]["FunctionName"]
    published = lambda_backends[account_id][region_name].publish_version(name)
    version = cls({"Version": published.version})
    version.physical_resource_id = published.function_arn
    return version


def install(url):
    host = LambdaHost(url)

    def invoke(self, event=None):
        answer = host.invoke(self, event if isinstance(event, dict) else json.loads(event or "{}"))
        failed = "error" in answer
        return json.dumps(answer["error"] if failed else answer["result"]), failed, ""

    LambdaFunction._invoke_lambda = invoke
    LambdaVersion.create_from_cloudformation_json = classmethod(create_version)
    return host
