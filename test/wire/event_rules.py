"""EventBridge's rules with Lambda targets, and the two kinds of events that AWS services would send them.

moto matches the patterns; it sends to no Lambda, and its CloudWatch and Step Functions publish nothing.
"""

import datetime
import threading
import uuid

from moto.awslambda.models import lambda_backends
from moto.cloudwatch.models import CloudWatchBackend
from moto.events.models import Rule, events_backends


def invoke_later(rule, arn, event):
    function = lambda_backends[rule.account_id][rule.region_name].get_function(arn)
    threading.Thread(target=function._invoke_lambda, args=(event,), daemon=True).start()


def send_to_targets(self, event, transform_input=True):
    # moto lets a rule without a pattern match everything; on AWS a schedule matches nothing.
    if self.state != "ENABLED" or not self.event_pattern.get_pattern() or not self.event_pattern.matches_event(event):
        return
    for target in self.targets:
        if ":lambda:" not in target["Arn"]:
            raise NotImplementedError(f"{self.name}: a rule's target that is no Lambda: {target['Arn']}")
        invoke_later(self, target["Arn"], event)


def publish(account, region, source, detail_type, detail):
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "source": source,
        "detail-type": detail_type,
        "account": account,
        "region": region,
        "time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [],
        "detail": detail,
    }
    for rule in list(events_backends[account][region].event_buses["default"].rules.values()):
        rule.send_to_targets(event)


def set_alarm_state(original):
    def set_state(self, alarm_name, reason, reason_data, state_value):
        before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else None
        original(self, alarm_name, reason, reason_data, state_value)
        # Only transitions are reported [117].
        if before != state_value:
            detail = {
                "alarmName": alarm_name,
                "state": {"value": state_value, "reason": reason},
                "previousState": {"value": before},
            }
            publish(self.account_id, self.region_name, "aws.cloudwatch", "CloudWatch Alarm State Change", detail)

    return set_state


def install():
    Rule.send_to_targets = send_to_targets
    CloudWatchBackend.set_alarm_state = set_alarm_state(CloudWatchBackend.set_alarm_state)
