"""What ECS's scheduler and agent do for task sets, which moto stores and leaves alone.

moto keeps the task sets, runs `RunTask` and keeps targets; this starts a task set's tasks, registers and deregisters their
addresses, and fills in the counts that ECS computes. Everything follows from the virtual clock at the moment somebody reads.
Numbers in brackets are those of docs/aws-facts.md.
"""

import math
import threading

from moto.ecs.exceptions import TaskSetNotFoundException
from moto.ecs.models import EC2ContainerServiceBackend, TaskSet
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, elbv2_backends

from virtual_clock import clock

START_SECONDS = 20
FIRST_CHECK_SECONDS = 10
# A deleted set is DRAINING until ECS has forgotten it [35].
FORGET_SECONDS = 10

lock = threading.RLock()


class RunningTask:
    """A task of a task set, from its launch until the last request has been drained from it."""

    def __init__(self, task, group_arn, port):
        self.task = task
        self.group_arn = group_arn
        self.port = port
        self.launched_at = clock.now()
        self.stopping_at = None
        self.registered = False
        details = {detail["name"]: detail["value"] for detail in task.attachments[0]["details"]}
        self.ip = details["privateIPv4Address"]

    @property
    def running(self):
        return self.stopping_at is None and clock.now() >= self.launched_at + START_SECONDS

    @property
    def healthy(self):
        return self.running and clock.now() >= self.launched_at + START_SECONDS + FIRST_CHECK_SECONDS

    @property
    def target(self):
        return {"Id": self.ip, "Port": self.port}


tasks_of: dict[str, list[RunningTask]] = {}


def percent(task_set):
    return 0 if task_set.status == "DRAINING" else float(task_set.scale["value"])


def balancer_of(backend):
    return elbv2_backends[backend.account_id][backend.region_name]


def start_task(backend, service, task_set):
    entry = task_set.load_balancers[0]
    (task,) = backend.run_task(
        cluster_str=service.cluster_name,
        task_definition_str=task_set.task_definition,
        count=1,
        overrides=None,
        started_by=task_set.id,
        tags=[],
        launch_type=task_set.launch_type,
        networking_configuration=task_set.network_configuration,
        group=f"service:{service.name}",
    )
    tasks_of[task_set.id].append(RunningTask(task, entry["targetGroupArn"], entry["containerPort"]))


def stop_task(backend, service, one):
    group = balancer_of(backend).target_groups[one.group_arn]
    if one.stopping_at is None:
        one.stopping_at = clock.now()
        if one.registered:
            group.deregister([one.target])
        return
    # Deregistered first, then drained for the group's delay, then stopped [43].
    delay = float(group.attributes["deregistration_delay.timeout_seconds"])
    if clock.now() >= one.stopping_at + delay:
        backend.stop_task(service.cluster_name, one.task.id, "Scaling activity initiated by deployment")
        return True


def settle_task_set(backend, service, task_set):
    tasks = tasks_of.setdefault(task_set.id, [])
    # Rounded up, on every set, as soon as the service's desired count changes [8, 26].
    wanted = math.ceil(service.desired_count * percent(task_set) / 100)
    staying = [one for one in tasks if one.stopping_at is None]
    for _ in range(wanted - len(staying)):
        start_task(backend, service, task_set)
    for one in staying[wanted:]:
        stop_task(backend, service, one)
    for one in [one for one in tasks if one.stopping_at is not None]:
        if stop_task(backend, service, one):
            tasks.remove(one)
    for one in tasks:
        if one.running and not one.registered:
            balancer_of(backend).target_groups[one.group_arn].register([one.target])
            one.registered = True

    staying = [one for one in tasks if one.stopping_at is None]
    task_set.computed_desired_count = wanted
    task_set.running_count = sum(one.running for one in staying)
    task_set.pending_count = sum(not one.running for one in staying)
    steady = task_set.running_count == wanted and all(one.healthy for one in staying)
    task_set.stability_status = "STEADY_STATE" if steady else "STABILIZING"


def settle(backend):
    """Brings every task set to where it is by now."""
    for service in backend.services.values():
        for task_set in list(service.task_sets):
            settle_task_set(backend, service, task_set)
            gone = task_set.status == "DRAINING" and not tasks_of[task_set.id]
            if gone and clock.now() >= task_set.deleted_at + FORGET_SECONDS:
                service.task_sets.remove(task_set)


def settled_first(method):
    def observe(self, *args, **kwargs):
        with lock:
            settle(self)
            return method(self, *args, **kwargs)

    return observe


def create_task_set(original):
    def create(self, *args, **kwargs):
        scale = kwargs.pop("scale", None)
        with lock:
            # Without a scale moto starts no tasks of its own.
            task_set = original(self, *args, scale=None, **kwargs)
            # 0 PERCENT when left out [14].
            task_set.scale = scale or {"value": 0.0, "unit": "PERCENT"}
            settle(self)
            return task_set

    return create


def task_set_named(backend, cluster, service, name):
    found = backend.describe_task_sets(cluster.split("/")[-1], service, [name])
    if not found:
        raise TaskSetNotFoundException()
    return found[0]


def delete_task_set(self, cluster, service, task_set):
    with lock:
        found = task_set_named(self, cluster, service, task_set)
        if found.status != "DRAINING":
            found.status = "DRAINING"
            found.deleted_at = clock.now()
        return found


def make_primary(original):
    def make(self, cluster, service, primary_task_set):
        with lock:
            # moto compares ARNs, so that a short id would leave the service without any PRIMARY.
            found = task_set_named(self, cluster, service, primary_task_set)
            draining = [other for other in self.services[f"{cluster.split('/')[-1]}:{service.split('/')[-1]}"].task_sets
                        if other.status == "DRAINING"]
            made = original(self, cluster, service, found.task_set_arn)
            for other in draining:
                other.status = "DRAINING"
            return made

    return make


def describe_target_health(original):
    def describe(self, target_group_arn, targets):
        with lock:
            healths = original(self, target_group_arn, targets)
            tasks = [one for some in tasks_of.values() for one in some if one.group_arn == target_group_arn]
            used = self._any_listener_using(target_group_arn)
            seen = []
            for health in healths:
                one = next((one for one in tasks if one.ip == health.instance_id), None)
                state = judge(one, used)
                seen.append(FakeHealthStatus(health.instance_id, health.port, health.health_check_port, *state))
            for one in tasks:
                if one.stopping_at is not None and one.registered:
                    state = ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
                    seen.append(FakeHealthStatus(one.ip, one.port, str(one.port), *state))
            return seen

    return describe


def judge(one, used):
    if not used:
        # A group in no forward action gets no health checks [86].
        return "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
    if one is None or one.healthy:
        return "healthy", None, None
    return "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"


def install():
    ecs = EC2ContainerServiceBackend
    ecs.create_task_set = create_task_set(ecs.create_task_set)
    ecs.delete_task_set = delete_task_set
    ecs.update_service_primary_task_set = make_primary(ecs.update_service_primary_task_set)
    for name in ("describe_services", "describe_task_sets", "list_tasks", "describe_tasks", "update_task_set"):
        setattr(ecs, name, settled_first(getattr(ecs, name)))
    # The response is read from these names; moto's own stability status would win over ours.
    del_stability(TaskSet)
    ELBv2Backend.describe_target_health = describe_target_health(ELBv2Backend.describe_target_health)


def del_stability(task_set_class):
    original = task_set_class.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        del self.stabilityStatus

    task_set_class.__init__ = init
