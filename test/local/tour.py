"""Unmodified clients in a local world: boto3 asks every operation that it serves, the AWS CLI some of them; and both it and moto's server are
asked for what is not there, to compare the codes. Called by scripts/local.sh with the two endpoints."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

LOCAL, MOTO = sys.argv[1], sys.argv[2]
ACCOUNT = "arn:aws:{}:us-east-1:111122223333:{}"
BALANCER = ACCOUNT.format("elasticloadbalancing", "loadbalancer/app/shop/8f0c1d5e7a9b3c24")
GROUP = ACCOUNT.format("elasticloadbalancing", "targetgroup/shop-blue/2f6a1c8d90b7e345")
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:cutover"
NOWHERE = "0000000000000000"
REQUEST = {"cluster": "production", "service": "shop", "taskDefinition": "shop:42", "shifts": [{"greenPct": 100, "bake": "1h"}]}

passed, failed = 0, 0


def check(name, fine, seen=""):
    global passed, failed
    if fine:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {seen}")


def client(endpoint, service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"max_attempts": 8, "mode": "standard"}),
    )


def code_of(endpoint, service, operation, arguments):
    """The error's code, or `answers`."""
    try:
        getattr(client(endpoint, service), operation)(**arguments)
        return "answers"
    except ClientError as error:
        return error.response["Error"]["Code"]


# What is not there: service, operation, arguments, what moto answers where it differs, and why ours is believed.
ABSENT = [
    ("ecs", "describe_services", {"cluster": "none", "services": ["x"]}, None, ""),
    ("ecs", "describe_task_sets", {"cluster": "none", "service": "x", "taskSets": ["y"]}, None, ""),
    ("ecs", "describe_task_definition", {"taskDefinition": "none:1"}, None, ""),
    ("ecs", "list_tasks", {"cluster": "none"}, None, ""),
    ("ecs", "update_task_set", {"cluster": "none", "service": "x", "taskSet": "y", "scale": {"value": 1, "unit": "PERCENT"}}, None, ""),
    ("ecs", "register_task_definition", {"family": "x", "containerDefinitions": []}, "answers", "local: the API reference wants at least one container"),
    ("elbv2", "describe_load_balancers", {"Names": ["none"]}, None, ""),
    ("elbv2", "describe_target_groups", {"Names": ["none"]}, None, ""),
    ("elbv2", "describe_target_health", {"TargetGroupArn": GROUP.replace("2f6a", "ffff")}, None, ""),
    ("elbv2", "describe_rules", {"ListenerArn": BALANCER.replace("loadbalancer/", "listener/") + "/" + NOWHERE}, None, ""),
    ("elbv2", "modify_listener", {"ListenerArn": BALANCER.replace("loadbalancer/", "listener/") + "/" + NOWHERE, "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}, None, ""),
    ("stepfunctions", "describe_execution", {"executionArn": MACHINE.replace(":stateMachine:", ":execution:") + ":none"}, None, ""),
    ("stepfunctions", "start_execution", {"stateMachineArn": MACHINE + "-none"}, None, ""),
    ("stepfunctions", "stop_execution", {"executionArn": MACHINE.replace(":stateMachine:", ":execution:") + ":none"}, None, ""),
    ("stepfunctions", "send_task_success", {"taskToken": "none", "output": "{}"}, "answers", "local: [fact 100]"),
    ("ssm", "get_parameter", {"Name": "/none"}, None, ""),
    ("lambda", "invoke", {"FunctionName": "none"}, None, ""),
    ("cloudwatch", "describe_alarms", {"AlarmNames": ["none"]}, None, ""),
    ("sts", "get_caller_identity", {}, None, ""),
]


def compare_absent():
    print("| asked for what is not there | local | moto | believed |\n|---|---|---|---|")
    for service, operation, arguments, differs, why in ABSENT:
        ours, theirs = (code_of(endpoint, service, operation, arguments) for endpoint in (LOCAL, MOTO))
        expected = ours == theirs if differs is None else theirs == differs
        if ours != theirs:
            print(f"| {service} {operation} | {ours} | {theirs} | {why} |")
        check(f"{service} {operation}", expected, f"local {ours}, moto {theirs}")


def pages(service, operation, key, **arguments):
    return [item for page in client(LOCAL, service).get_paginator(operation).paginate(**arguments) for item in page[key]]


def tour():
    ecs, elb = client(LOCAL, "ecs"), client(LOCAL, "elbv2")
    check("list clusters", pages("ecs", "list_clusters", "clusterArns") == [ACCOUNT.format("ecs", "cluster/production")])
    check("list services", len(pages("ecs", "list_services", "serviceArns", cluster="production")) == 1)
    service = ecs.describe_services(cluster="production", services=["shop"])["services"][0]
    [blue] = service["taskSets"]
    check("a time is a time", blue["createdAt"].year == 2025, blue["createdAt"])
    sets = ecs.describe_task_sets(cluster="production", service="shop", taskSets=[blue["id"]], include=["TAGS"])["taskSets"]
    check("task sets", [each["id"] for each in sets] == [blue["id"]])
    tasks = pages("ecs", "list_tasks", "taskArns", cluster="production", serviceName="shop")
    check("tasks", len(tasks) == 4, tasks)
    described = ecs.describe_tasks(cluster="production", tasks=tasks)["tasks"]
    check("tasks run", {each["lastStatus"] for each in described} == {"RUNNING"})
    check("one task a page", len(pages("ecs", "list_tasks", "taskArns", cluster="production", PaginationConfig={"PageSize": 1})) == 4)
    definition = ecs.describe_task_definition(taskDefinition="shop:42")["taskDefinition"]
    new = ecs.register_task_definition(family="shop", containerDefinitions=definition["containerDefinitions"], networkMode="awsvpc")
    check("the next revision", new["taskDefinition"]["revision"] == 43)

    [balancer] = pages("elbv2", "describe_load_balancers", "LoadBalancers")
    listeners = pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer["LoadBalancerArn"])
    check("listeners", sorted(each["Port"] for each in listeners) == [80, 443])
    rules = [rule for each in listeners for rule in elb.describe_rules(ListenerArn=each["ListenerArn"])["Rules"]]
    api = next(rule for rule in rules if rule["Conditions"] and rule["Actions"][0]["Type"] == "forward")
    changed = elb.modify_rule(RuleArn=api["RuleArn"], Actions=api["Actions"])["Rules"][0]
    check("a rule written back as it was read", changed["Actions"] == api["Actions"], changed["Actions"])
    groups = pages("elbv2", "describe_target_groups", "TargetGroups")
    check("target groups", len(groups) == 2)
    attributes = elb.describe_target_group_attributes(TargetGroupArn=GROUP)["Attributes"]
    check("attributes", {"Key": "deregistration_delay.timeout_seconds", "Value": "30"} in attributes)
    health = elb.describe_target_health(TargetGroupArn=GROUP)["TargetHealthDescriptions"]
    check("health", [each["TargetHealth"]["State"] for each in health] == ["healthy"] * 4, health)

    alarms = pages("cloudwatch", "describe_alarms", "MetricAlarms")
    check("alarms", len(alarms) == 6 and alarms[0]["Threshold"] == 1.0, len(alarms))
    identity = client(LOCAL, "sts").get_caller_identity()
    check("identity", identity["Account"] == "111122223333")
    parameter = json.loads(client(LOCAL, "ssm").get_parameter(Name="/cutover/default")["Parameter"]["Value"])
    check("the installation", parameter["stateMachineArn"] == MACHINE)
    groups = pages("ec2", "describe_security_groups", "SecurityGroups", Filters=[{"Name": "group-id", "Values": ["sg-0e5f6a7b8c9d00112"]}])
    check("security groups", [each["GroupId"] for each in groups] == ["sg-0e5f6a7b8c9d00112"])
    images = client(LOCAL, "ecr").describe_images(registryId="111122223333", repositoryName="shop", imageIds=[{"imageTag": "1.42.0"}])
    check("images", images["imageDetails"][0]["imageTags"] == ["1.42.0"])
    scaling = client(LOCAL, "application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=["service/production/shop"], ScalableDimension="ecs:service:DesiredCount"
    )
    check("scalable targets", scaling["ScalableTargets"] == [], scaling)

    table, key = client(LOCAL, "dynamodb"), {"pk": {"S": "tour"}, "sk": {"S": "1"}}
    table.put_item(TableName="cutover", Item={**key, "n": {"N": "1"}, "list": {"L": [{"BOOL": True}]}})
    table.update_item(TableName="cutover", Key=key, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})
    check("an item", table.get_item(TableName="cutover", Key=key, ConsistentRead=True)["Item"]["n"] == {"N": "2"})
    found = table.query(TableName="cutover", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "tour"}}, ConsistentRead=True)
    check("a query", found["Count"] == 1, found)
    try:
        table.delete_item(TableName="cutover", Key=key, ConditionExpression="attribute_not_exists(pk)")
        check("a condition that does not hold", False)
    except table.exceptions.ConditionalCheckFailedException:
        check("a condition that does not hold", True)
    entry = {"Source": "tour", "DetailType": "x", "Detail": "{}"}
    check("an event", client(LOCAL, "events").put_events(Entries=[entry, {**entry, "Source": "aws.ecs"}])["FailedEntryCount"] == 1)

    states = client(LOCAL, "stepfunctions")
    started = states.start_execution(stateMachineArn=MACHINE, name="tour", input=json.dumps(REQUEST))["executionArn"]
    history = states.get_execution_history(executionArn=started)["events"]
    check("a history", history[0]["type"] == "ExecutionStarted")
    refused = client(LOCAL, "lambda").invoke(FunctionName="cutover-Command", Payload=json.dumps({"command": "dance"}))
    check("a function’s own error", refused["FunctionError"] == "Unhandled" and json.loads(refused["Payload"].read())["errorType"] == "InvalidRequest")
    states.stop_execution(executionArn=started, cause="the tour is over")
    check("the state machine is listed", [each["stateMachineArn"] for each in pages("stepfunctions", "list_state_machines", "stateMachines")] == [MACHINE])
    definition = json.loads(states.describe_state_machine(stateMachineArn=MACHINE)["definition"])
    check("its definition", definition["StartAt"] in definition["States"])
    described = states.describe_execution(executionArn=started)
    check("the execution", json.loads(described["input"])["service"] == "shop" and described["name"] == "tour")
    whole = [event for page in states.get_paginator("get_execution_history").paginate(executionArn=started) for event in page["events"]]
    check("the whole history, page by page", [each["id"] for each in whole] == list(range(1, len(whole) + 1)) and len(whole) > 5, len(whole))
    check("stopped", [each["name"] for each in pages("stepfunctions", "list_executions", "executions", stateMachineArn=MACHINE)][-1:] == ["tour"])
    check("what is not modelled is named", code_of(LOCAL, "ecs", "create_cluster", {}) == "NotImplemented")


def inspection():
    ecs, elb, watch = client(LOCAL, "ecs"), client(LOCAL, "elbv2"), client(LOCAL, "cloudwatch")
    found = ecs.describe_clusters(clusters=["production", "none"])
    check("clusters", found["clusters"][0]["activeServicesCount"] == 1 and found["failures"][0]["reason"] == "MISSING", found)
    check("families", pages("ecs", "list_task_definition_families", "families") == ["shop"])
    revisions = pages("ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix="shop", sort="DESC")
    check("revisions, the newest first", [each.split(":")[-1] for each in revisions] == ["43", "42", "41"], revisions)
    check("services’ own deployments", ecs.list_service_deployments(cluster="production", service="shop")["serviceDeployments"] == [])
    tasks = pages("ecs", "list_tasks", "taskArns", cluster="production", serviceName="shop")
    protection = ecs.get_task_protection(cluster="production", tasks=tasks)["protectedTasks"]
    check("protection", [each["protectionEnabled"] for each in protection] == [False] * len(tasks))

    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=BALANCER)["Attributes"]
    check("balancer attributes", {"Key": "idle_timeout.timeout_seconds", "Value": "60"} in attributes)
    tags = elb.describe_tags(ResourceArns=[BALANCER, GROUP])["TagDescriptions"]
    check("tags", [(each["ResourceArn"], each["Tags"]) for each in tags] == [(BALANCER, []), (GROUP, [])])
    [listener, *_] = pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=BALANCER)
    written = elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=listener["DefaultActions"])["Listeners"][0]
    check("a listener written back as it was read", written["DefaultActions"] == listener["DefaultActions"], written)

    metrics = pages("cloudwatch", "list_metrics", "Metrics", MetricName="RequestCount")
    check("metrics", all(each["Namespace"] == "AWS/ApplicationELB" for each in metrics) and len(metrics) == 3, metrics)
    now = datetime.now(timezone.utc)
    window = {"StartTime": now - timedelta(minutes=10), "EndTime": now}
    data = watch.get_metric_data(MetricDataQueries=[{"Id": "hosts", "MetricStat": {"Metric": hosts(metrics), "Period": 60, "Stat": "Maximum"}}], **window)
    check("metric data", data["MetricDataResults"][0]["StatusCode"] == "Complete", data)
    points = watch.get_metric_statistics(**hosts(metrics), Period=60, Statistics=["Maximum"], **window)["Datapoints"]
    check("as many datapoints", len(points) == len(data["MetricDataResults"][0]["Values"]), points)
    watch.set_alarm_state(AlarmName="shop-users-suffer", StateValue="ALARM", StateReason="the tour")
    history = watch.describe_alarm_history(AlarmName="shop-users-suffer", MaxRecords=1)["AlarmHistoryItems"]
    check("an alarm’s history", "to ALARM" in history[0]["HistorySummary"], history)

    table = client(LOCAL, "dynamodb")
    check("tables", table.list_tables()["TableNames"] == ["cutover"])
    check("a table", table.describe_table(TableName="cutover")["Table"]["KeySchema"][0] == {"AttributeName": "pk", "KeyType": "HASH"})
    everything = pages("dynamodb", "scan", "Items", TableName="cutover")
    check("a scan, page by page", {"S": "tour"} in [each["pk"] for each in everything], len(everything))

    check("log groups", pages("logs", "describe_log_groups", "logGroups") != [])
    streams = pages("logs", "describe_log_streams", "logStreams", logGroupName="/ecs/shop")
    check("log streams", len(streams) >= 4, streams)
    events = pages("logs", "filter_log_events", "events", logGroupName="/ecs/shop", filterPattern="listens -1.99.0")
    check("log events", len(events) >= 4 and all("listens" in each["message"] for each in events), events[:1])
    check("a log group that is not there", code_of(LOCAL, "logs", "filter_log_events", {"logGroupName": "none"}) == "ResourceNotFoundException")

    check("a task is stopped", ecs.stop_task(cluster="production", task=tasks[0])["task"]["taskArn"] == tasks[0])
    check("a task that is not there", code_of(LOCAL, "ecs", "stop_task", {"cluster": "production", "task": NOWHERE}) == "InvalidParameterException")
    scaled = ecs.update_service(cluster="production", service="shop", desiredCount=5)["service"]
    check("a desired count", scaled["desiredCount"] == 5)


def hosts(metrics):
    group = next(each for metric in metrics for each in metric["Dimensions"] if each["Name"] == "TargetGroup" and "blue" in each["Value"])
    balancer = next(each for metric in metrics for each in metric["Dimensions"] if each["Name"] == "LoadBalancer")
    return {"Namespace": "AWS/ApplicationELB", "MetricName": "HealthyHostCount", "Dimensions": [group, balancer]}


def command_line():
    environment = {**os.environ, "AWS_ENDPOINT_URL": LOCAL, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}

    def aws(*words):
        program = os.path.join(os.path.dirname(sys.executable), "aws")
        return subprocess.run([program, *words, "--output", "json"], env=environment, capture_output=True, text=True, check=False)

    for words, fine in [
        (("ecs", "describe-services", "--cluster", "production", "--services", "shop"), lambda seen: seen["services"][0]["serviceName"] == "shop"),
        (("elbv2", "describe-target-health", "--target-group-arn", GROUP), lambda seen: len(seen["TargetHealthDescriptions"]) == 4),
        (("cloudwatch", "describe-alarms"), lambda seen: len(seen["MetricAlarms"]) == 6),
        (("stepfunctions", "list-executions", "--state-machine-arn", MACHINE), lambda seen: "tour" in [each["name"] for each in seen["executions"]]),
        (("sts", "get-caller-identity"), lambda seen: seen["Account"] == "111122223333"),
        (("ecs", "describe-clusters", "--clusters", "production"), lambda seen: seen["clusters"][0]["status"] == "ACTIVE"),
        (("ecs", "list-task-definitions"), lambda seen: len(seen["taskDefinitionArns"]) == 3),
        (("ecs", "list-tasks", "--cluster", "production", "--service-name", "shop"), lambda seen: len(seen["taskArns"]) >= 4),
        (("elbv2", "describe-load-balancers"), lambda seen: seen["LoadBalancers"][0]["LoadBalancerName"] == "shop"),
        (("elbv2", "describe-tags", "--resource-arns", GROUP), lambda seen: seen["TagDescriptions"][0]["Tags"] == []),
        (("cloudwatch", "list-metrics", "--namespace", "AWS/ApplicationELB"), lambda seen: len(seen["Metrics"]) > 10),
        (("cloudwatch", "describe-alarm-history"), lambda seen: "AlarmHistoryItems" in seen),
        (("stepfunctions", "list-state-machines"), lambda seen: len(seen["stateMachines"]) == 1),
        (("dynamodb", "scan", "--table-name", "cutover"), lambda seen: seen["Count"] > 0),
        (("logs", "describe-log-groups"), lambda seen: "/ecs/shop" in [each["logGroupName"] for each in seen["logGroups"]]),
        (("logs", "filter-log-events", "--log-group-name", "/ecs/shop", "--filter-pattern", "listens"), lambda seen: len(seen["events"]) >= 4),
    ]:
        answer = aws(*words)
        check(f"aws {words[0]} {words[1]}", answer.returncode == 0 and fine(json.loads(answer.stdout)), answer.stderr)
    answer = aws("ecs", "describe-services", "--cluster", "none", "--services", "x")
    check("an error of the AWS CLI", answer.returncode != 0 and "(ClusterNotFoundException)" in answer.stderr, answer.stderr)


tour()
inspection()
command_line()
compare_absent()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
