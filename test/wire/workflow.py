"""Step Functions: moto's interpreter, with waiting that takes no time, and with CloudFormation and EventBridge around it."""

import types

from moto.core.config import default_user_config
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from event_rules import publish
from virtual_clock import clock


def wait_interval(self, env, wait_seconds):
    clock.skip(wait_seconds, until=lambda: not env.is_running())


def token_wait(self, timeout=None):
    """Until a signal, the end of the execution, or, as soon as the clock is not held, the end of the timeout."""
    clock.skip(timeout or 0, until=self._notify_event.is_set)
    return self.get_outcome()


def set_stop(original):
    def stop(self, stop_date, cause, error):
        original(self, stop_date, cause, error)
        for endpoint in list(self.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    return stop


def set_error(original):
    def fail(self, error):
        # A wait that a stop interrupts reads as a timeout; moto would end the stopped execution as FAILED by it.
        if not isinstance(self._program_state, ProgramStopped):
            original(self, error)

    return fail


def start_details(self):
    # AWS has an ISO 8601 string in the context object; moto a datetime, which its own JSON cannot hold.
    started = self.start_date.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return ExecutionDetails(
        arn=self.exec_arn, name=self.name, role_arn=self.role_arn, inpt=self.input_data, start_time=started
    )


def terminated(original):
    def ended(self):
        original(self)
        one = self.execution
        detail = {
            "executionArn": one.exec_arn,
            "stateMachineArn": one.state_machine.arn,
            "name": one.name,
            "status": str(one.exec_status.value),
        }
        publish(one.account_id, one.region_name, "aws.states", "Step Functions Execution Status Change", detail)

    return ended


def create_from_template(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    properties = cloudformation_json["Properties"]
    definition = properties["DefinitionString"]
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace("${" + name + "}", value)
    backend = stepfunctions_parser_backends[account_id][region_name]
    return backend.create_state_machine(resource_name, definition, properties["RoleArn"])


def install():
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    WaitFunction._wait_interval = wait_interval
    retrier_decl.time = types.SimpleNamespace(sleep=clock.skip)
    CallbackEndpoint.wait = token_wait
    Environment.set_stop = set_stop(Environment.set_stop)
    Environment.set_error = set_error(Environment.set_error)
    Execution.get_start_execution_details = start_details
    BaseExecutionWorkerCommunication.terminated = terminated(BaseExecutionWorkerCommunication.terminated)
    StateMachine.create_from_cloudformation_json = classmethod(create_from_template)
