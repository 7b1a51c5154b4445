"""Time as the deployed functions see it.

The computer's clock plus what has been skipped: a Wait state, and a bake that nothing wakes, add their seconds here instead of
letting them pass. A rehearsal can hold the clock at a point of its choice, which holds every execution that would have to wait.
"""

import threading
import time


class VirtualClock:
    def __init__(self):
        self._skipped = 0.0
        self._running = threading.Event()
        self._running.set()
        self._changed = threading.Lock()

    def now(self):
        return time.time() + self._skipped

    @property
    def skipped_ms(self):
        return self._skipped * 1000

    def hold(self):
        self._running.clear()

    def go_on(self):
        self._running.set()

    def skip(self, seconds, until=lambda: False):
        """Skips the time, once the clock is not held; `until` ends the wait early, and then nothing is skipped."""
        while not self._running.wait(0.01):
            if until():
                return
        if until():
            return
        with self._changed:
            self._skipped += seconds


clock = VirtualClock()
